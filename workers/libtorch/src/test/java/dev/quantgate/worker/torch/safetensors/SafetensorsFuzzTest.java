package dev.quantgate.worker.torch.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SafetensorsFuzzTest {

    private static final int MUTATIONS = 120_000;
    private static final long SEED = 20_261_122L;
    private static final String VALID = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"a.bias\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}";
    private static final String[] SPLICES = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "-1",
        "9223372036854775807",
        "18446744073709551615",
        "1e9",
        "0.5",
        "null",
        "true",
        "\\u0000",
        "\"dtype\"",
        "\"shape\":[0]",
        "\"data_offsets\":[0,24]",
        "\"a.bias\":",
        "{\"x\":{\"y\":{}}}",
        "4294967296,4294967296",
        "\u00e9",
        "F32",
        "F8_E4M3"
    };

    @Test
    void everyMutatedHeaderIsReadOrRefusedByTheFormatException() {
        Random random = new Random(SEED);
        byte[] valid = VALID.getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutate(valid, random);
            long dataBytes = random.nextInt(8) == 0 ? random.nextLong() : 40;
            try {
                SafetensorsHeader header = SafetensorsHeader.parse(mutated, dataBytes);
                assertCovers(header, dataBytes);
                read++;
            } catch (SafetensorsFormatException e) {
                assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(600);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(MUTATIONS / 2);
        assertThat(read).isPositive();
    }

    private static void assertCovers(SafetensorsHeader header, long dataBytes) {
        long sum = 0;
        for (TensorEntry entry : header.tensors().values()) {
            assertThat(entry.begin()).isBetween(0L, dataBytes);
            assertThat(entry.end()).isBetween(entry.begin(), dataBytes);
            sum += entry.bytes();
        }
        assertThat(sum).isEqualTo(dataBytes);
    }

    private static byte[] mutate(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            bytes = switch (random.nextInt(5)) {
                case 0 -> flip(bytes, random);
                case 1 -> cut(bytes, random);
                case 2 ->
                    splice(bytes, SPLICES[random.nextInt(SPLICES.length)].getBytes(StandardCharsets.UTF_8), random);
                case 3 -> digit(bytes, random);
                default -> splice(bytes, valid, random);
            };
        }
        return bytes;
    }

    private static byte[] flip(byte[] bytes, Random random) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] digit(byte[] bytes, Random random) {
        for (int tries = 0; tries < 20 && bytes.length > 0; tries++) {
            int at = random.nextInt(bytes.length);
            if (Character.isDigit(bytes[at])) {
                bytes[at] = (byte) ('0' + random.nextInt(10));
                break;
            }
        }
        return bytes;
    }

    private static byte[] cut(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(20));
        byte[] shorter = new byte[bytes.length - (to - from)];
        System.arraycopy(bytes, 0, shorter, 0, from);
        System.arraycopy(bytes, to, shorter, from, bytes.length - to);
        return shorter;
    }

    private static byte[] splice(byte[] bytes, byte[] insert, Random random) {
        int at = random.nextInt(bytes.length + 1);
        byte[] longer = new byte[bytes.length + insert.length];
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(insert, 0, longer, at, insert.length);
        System.arraycopy(bytes, at, longer, at + insert.length, bytes.length - at);
        return longer;
    }
}
