package io.millrace.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TalliesTest {
  private static final TalliesSerializer SERIALIZER = TalliesSerializer.INSTANCE;

  private static Tallies numbers() {
    Tallies tallies = new Tallies();
    tallies.count(1.5, true, 2);
    tallies.count(-3, true, 1);
    tallies.count(Double.NaN, false, 1);
    tallies.count(7, false, 300);
    tallies.setParameter(0.95);
    return tallies;
  }

  private static Tallies names() {
    Tallies tallies = new Tallies();
    tallies.count("UA", false, 3);
    tallies.count("é", false, 1);
    return tallies;
  }

  /** Part of savepoints: what was written once is read for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"numbers", "names", "nothing"})
  void shouldBeWrittenAsEverBefore(String what) throws IOException {
    Tallies tallies =
        switch (what) {
          case "numbers" -> numbers();
          case "names" -> names();
          default -> new Tallies();
        };
    String file = "/golden/sql-tallies-v1-" + what + ".hex";
    try (InputStream in = TalliesTest.class.getResourceAsStream(file)) {
      assertThat(in).as("%s is missing; written was %s", file, hex(tallies)).isNotNull();
      String golden = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertThat(hex(tallies)).isEqualTo(golden);
      Tallies read =
          SERIALIZER.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(golden)));
      assertThat(hex(read)).isEqualTo(golden);
      assertThat(hex(SERIALIZER.copy(read))).isEqualTo(golden);
    }
  }

  private static String hex(Tallies tallies) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    SERIALIZER.serialize(tallies, out);
    return HexFormat.of().formatHex(out.getCopyOfBuffer());
  }

  @Test
  void shouldNotDependOnOrderNorOnParts() throws IOException {
    Random random = new Random(7);
    Tallies whole = new Tallies();
    Tallies[] parts = {new Tallies(), new Tallies(), new Tallies()};
    double[] values = random.doubles(30_000).map(u -> random.nextGaussian() * 1e4).toArray();
    for (int i = 0; i < values.length; i++) {
      whole.count(values[i], i % 2 == 0, 1);
      int from = values.length - 1 - i;
      parts[from % 3].count(values[from], from % 2 == 0, 1);
    }
    Tallies merged = new Tallies();
    new Psi().merge(merged, java.util.List.of(parts[1], parts[2], parts[0]));

    assertThat(hex(merged)).isEqualTo(hex(whole));
  }

  @Test
  void shouldStayBoundedWhateverComes() throws IOException {
    Tallies tallies = new Tallies();
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      tallies.count(Math.exp(20 * random.nextGaussian()), i % 2 == 0, 1);
    }
    Tallies names = new Tallies();
    for (int i = 0; i < 50_000; i++) {
      names.count("identifier " + i, i % 2 == 0, 1);
    }

    assertThat(hex(tallies).length() / 2).isLessThan(80_000);
    assertThat(hex(names).length() / 2).isLessThan(2 * Tallies.NAMES * 20);
  }

  @Test
  void shouldSerializeItsSerializer() {
    assertThat(SERIALIZER.snapshotConfiguration().restoreSerializer()).isEqualTo(SERIALIZER);
    assertThat(SERIALIZER.isImmutableType()).isFalse();
  }
}
