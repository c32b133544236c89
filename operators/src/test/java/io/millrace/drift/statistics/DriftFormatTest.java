package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.junit.jupiter.api.Test;

/**
 * Grids and counts stay in savepoints: what was written once must be read for ever. A new format
 * gets a new file, and the old ones stay.
 */
class DriftFormatTest {
  private interface Writing {
    void to(DataOutputView out) throws IOException;
  }

  private static NumberGrid numbers() {
    return NumberGrid.of(
        new double[] {-3, 0, 0.5, 7}, new double[] {-3, 0, 0.75, 9}, new long[] {2, 40, 5, 9}, 8);
  }

  private static CategoryGrid names() {
    return CategoryGrid.of(Map.of("UA", 700L, "DL", 299L, "\u00e9", 2L, "OO", 1L), 0);
  }

  @Test
  void shouldWriteAndReadAGridOfNumbers() throws IOException {
    byte[] golden = check("drift-number-grid-v1", numbers()::write);
    assertThat(Grid.read(new DataInputDeserializer(golden)).id()).isEqualTo(numbers().id());
  }

  @Test
  void shouldWriteAndReadAGridOfNames() throws IOException {
    byte[] golden = check("drift-category-grid-v1", names()::write);
    Grid read = Grid.read(new DataInputDeserializer(golden));
    assertThat(read.id()).isEqualTo(names().id());
    for (String name : new String[] {"UA", "DL", "\u00e9", "OO", "new"}) {
      assertThat(read.bin(name)).isEqualTo(names().bin(name));
    }
  }

  @Test
  void shouldWriteAndReadCountsOfNumbers() throws IOException {
    WindowCounts counts = new WindowCounts(numbers());
    double[] values = {0, 0, 0.6, -8, 100, Double.NaN, Double.NEGATIVE_INFINITY, 7.5};
    counts.add(values, 0, values.length);
    counts.add(0.6, -3);
    counts.addNulls(300);
    byte[] golden = check("drift-number-counts-v1", counts::write);
    checkAgain(golden, WindowCounts.read(numbers(), new DataInputDeserializer(golden))::write);
  }

  @Test
  void shouldWriteAndReadCountsOfNames() throws IOException {
    WindowCounts counts = new WindowCounts(names());
    counts.add("UA", 1000);
    counts.add("OO", -1);
    counts.add("new", 3);
    counts.add("newer", 1);
    byte[] golden = check("drift-category-counts-v1", counts::write);
    checkAgain(golden, WindowCounts.read(names(), new DataInputDeserializer(golden))::write);
  }

  @Test
  void shouldWriteAndReadSamplesOfVectors() throws IOException {
    VectorSample sample = new VectorSample(2, 2);
    sample.add(new float[] {1, -0.5f});
    sample.add(new float[] {0, 3});
    sample.add(new float[] {2, 3});
    sample.addNulls(4);
    byte[] golden = check("drift-vectors-v1", sample::write);
    checkAgain(golden, VectorSample.read(new DataInputDeserializer(golden))::write);
  }

  private static byte[] check(String name, Writing writing) throws IOException {
    String file = "/golden/" + name + ".hex";
    try (InputStream in = DriftFormatTest.class.getResourceAsStream(file)) {
      String written = HexFormat.of().formatHex(bytes(writing));
      assertThat(in)
          .as("golden file src/test/resources%s is missing; written was %s", file, written)
          .isNotNull();
      String golden = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertThat(written).as(name).isEqualTo(golden);
      return HexFormat.of().parseHex(golden);
    }
  }

  private static void checkAgain(byte[] golden, Writing read) throws IOException {
    assertThat(bytes(read)).isEqualTo(golden);
  }

  private static byte[] bytes(Writing writing) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    writing.to(out);
    return out.getCopyOfBuffer();
  }
}
