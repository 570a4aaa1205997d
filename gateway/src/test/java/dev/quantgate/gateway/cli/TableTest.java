package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        var table = new Table("MODEL", "SIZE");
        table.row("smol", "1.0 MB");
        table.row("a-long-name", "");

        assertThat(table.toString().lines()).containsExactly("MODEL        SIZE", "smol         1.0 MB", "a-long-name");
    }

    @Test
    void anEmptyTableIsItsHeader() {
        assertThat(new Table("MODEL", "SIZE")).hasToString("MODEL  SIZE");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0 kB",
        "1500, 1.5 kB",
        "999999, 1000.0 kB",
        "1000000, 1.0 MB",
        "98362432, 98.4 MB",
        "2200000000, 2.20 GB"
    })
    void sizesHaveDecimalUnits(long bytes, String text) {
        assertThat(Table.bytes(bytes)).isEqualTo(text);
    }
}
