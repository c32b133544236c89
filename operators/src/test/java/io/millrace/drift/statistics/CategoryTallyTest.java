package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class CategoryTallyTest {

  private static final long SEED = 20_130_101;

  @Test
  void shouldCountExactlyUpToTheLimit() {
    CategoryTally tally = new CategoryTally(3);
    tally.add("UA", 2);
    tally.add("zürich", 1);
    tally.add("AA", 5);
    tally.add("AA", -5);

    assertThat(tally.counts()).isEqualTo(Map.of("UA", 2L, "zürich", 1L));
    assertThat(tally.others()).isZero();
    assertThat(tally.isExploded()).isFalse();
  }

  @Test
  void shouldStayBoundedAndExactWhenCategoriesExplode() throws IOException {
    System.out.println("seed " + SEED);
    List<String> rows = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      rows.add("id-" + random.nextInt(5_000));
    }
    CategoryTally tally = tally(rows);

    assertThat(tally.isExploded()).isTrue();
    assertThat(tally.counts()).hasSize(100);
    tally
        .counts()
        .forEach(
            (name, count) ->
                assertThat(rows.stream().filter(name::equals).count()).isEqualTo(count));
    assertThat(tally.count()).isEqualTo(rows.size());
  }

  @Test
  void shouldNotDependOnOrderNorOnHowItWasMerged() throws IOException {
    List<String> rows = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      rows.add("id-" + (int) Math.abs(200 * random.nextGaussian()));
    }
    CategoryTally inOrder = tally(rows);
    Collections.shuffle(rows, random);
    CategoryTally merged = new CategoryTally(100);
    merged.merge(tally(rows.subList(0, 1_234)));
    merged.merge(tally(rows.subList(1_234, 1_250)));
    merged.merge(tally(rows.subList(1_250, 5_000)));

    assertThat(bytes(merged)).isEqualTo(bytes(inOrder));
  }

  /** Part of savepoints: these bytes never change. */
  @Test
  void shouldBeWrittenAsEverBefore() throws IOException {
    CategoryTally tally = new CategoryTally(2);
    tally.add("UA", 3);
    tally.add("ü", -1);
    tally.add("DL", 2);

    assertThat(bytes(tally)).isEqualTo("02010102444c0402554106");
    CategoryTally read =
        CategoryTally.read(2, new DataInputDeserializer(HexFormat.of().parseHex(bytes(tally))));
    assertThat(bytes(read)).isEqualTo(bytes(tally));
  }

  private static CategoryTally tally(List<String> rows) {
    CategoryTally tally = new CategoryTally(100);
    rows.forEach(row -> tally.add(row, 1));
    return tally;
  }

  private static String bytes(CategoryTally tally) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    tally.write(out);
    return HexFormat.of().formatHex(out.getCopyOfBuffer());
  }
}
