package dev.quantgate.worker.torch.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.safetensors.SafetensorsFile;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The golden files of one checkpoint. */
final class Golden implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final SafetensorsFile tensors;

    private Golden(SafetensorsFile tensors) {
        this.tensors = tensors;
    }

    static Golden expected(String name) throws IOException {
        return new Golden(SafetensorsFile.open(resource("expected/" + name + ".safetensors")));
    }

    static JsonNode json(String file) throws IOException {
        try (InputStream in = Files.newInputStream(resource(file));
                InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return JSON.readTree(plain);
        }
    }

    static Path model(String name) {
        return resource("models/" + name);
    }

    static Path resource(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    boolean contains(String name) {
        return tensors.header().tensors().containsKey(name);
    }

    long[] shape(String name) {
        return entry(name).dimensions();
    }

    float[] floats(String name) throws IOException {
        ByteBuffer data = tensors.map(entry(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[data.remaining() / Float.BYTES];
        data.asFloatBuffer().get(values);
        return values;
    }

    long[] longs(String name) throws IOException {
        ByteBuffer data = tensors.map(entry(name)).order(ByteOrder.LITTLE_ENDIAN);
        long[] values = new long[data.remaining() / Long.BYTES];
        data.asLongBuffer().get(values);
        return values;
    }

    byte[] bytes(String name) throws IOException {
        ByteBuffer data = tensors.map(entry(name));
        byte[] values = new byte[data.remaining()];
        data.get(values);
        return values;
    }

    /** The batch of a set, without its padding. */
    TokenBatch batch(String set, int paddingId) throws IOException {
        int tokens = (int) shape(set + ".input_ids")[1];
        long[] ids = longs(set + ".input_ids");
        long[] mask = longs(set + ".attention_mask");
        String typeName = set + ".token_type_ids";
        long[] types = contains(typeName) ? longs(typeName) : new long[ids.length];
        List<TokenInput> inputs = new ArrayList<>();
        for (int start = 0; start < ids.length; start += tokens) {
            int length = 0;
            while (length < tokens && mask[start + length] == 1) {
                length++;
            }
            inputs.add(new TokenInput(
                    Arrays.copyOfRange(ids, start, start + length), Arrays.copyOfRange(types, start, start + length)));
        }
        return new TokenBatch(inputs, paddingId);
    }

    private TensorEntry entry(String name) {
        return Objects.requireNonNull(tensors.header().tensors().get(name), name);
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
