package io.millrace.duplicates.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.FieldComparator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class LinkageTest {
  private static final Linkage PEOPLE =
      new Linkage(
          List.of(
              field("name", FieldComparator.JARO_WINKLER),
              field("born", FieldComparator.DATE),
              field("phone", FieldComparator.CODE)),
          List.of(
              BlockingRule.parse("phone"),
              BlockingRule.parse("soundex(name) + year(born)"),
              BlockingRule.parse("month_and_day(born) + prefix(name, 1)")),
          new Thresholds(0.9, 0.5),
          true);

  private static final ComparedRecord ROBERT =
      PEOPLE.record("1", Map.of("name", "Robert", "born", "1971-05-07", "phone", "030 555"));
  private static final ComparedRecord RUPERT =
      PEOPLE.record("2", Map.of("name", "Rupert", "born", "1971-07-05", "phone", "030 556"));

  private static ComparedField field(String name, FieldComparator comparator) {
    return new ComparedField(name, comparator, Optional.empty());
  }

  @Test
  void shouldFindThoseWhoHaveAllPartsOfARule() {
    long[] robert = PEOPLE.keysOf(ROBERT);
    long[] rupert = PEOPLE.keysOf(RUPERT);

    assertThat(robert[0]).isNotEqualTo(rupert[0]);
    assertThat(robert[1]).isEqualTo(rupert[1]);
    assertThat(robert[2]).as("day and month interchanged").isEqualTo(rupert[2]);
    assertThat(Linkage.firstShared(robert, rupert)).isEqualTo(1);
    assertThat(Linkage.firstShared(robert, new long[3])).isEqualTo(-1);
  }

  @Test
  void shouldHaveNoKeyWhereAPartIsUnknown() {
    ComparedRecord nameless = PEOPLE.record("3", Map.of("born", "1971-05-07", "phone", "030 555"));

    assertThat(PEOPLE.keysOf(nameless)).containsExactly(PEOPLE.keysOf(ROBERT)[0], 0, 0);
  }

  @Test
  void shouldCompareFieldByFieldInEitherDirection() {
    PairComparison pair = PEOPLE.compare(ROBERT, RUPERT, 0.93);

    assertThat(levels(pair)).containsExactly(3, 1, 1, 1);
    assertThat(PEOPLE.compare(RUPERT, ROBERT, 0.93)).isEqualTo(pair);
    assertThat(levels(PEOPLE.withCosine(pair, Linkage.NO_COSINE))).containsExactly(3, 1, 1, -1);
  }

  @Test
  void shouldKnowWhichFieldsAPairWasFoundBy() {
    PairComparison twoRules = PEOPLE.compare(ROBERT, RUPERT, Linkage.NO_COSINE);
    assertThat(twoRules.isSelectedBy(0)).as("both rules need the name").isTrue();
    assertThat(twoRules.isSelectedBy(1)).as("both rules need the date").isTrue();
    assertThat(twoRules.isSelectedBy(2)).isFalse();

    PairComparison himself = PEOPLE.compare(ROBERT, ROBERT, Linkage.NO_COSINE);
    assertThat(himself.isSelectedBy(0)).as("the telephone finds him as well").isFalse();
    assertThat(himself.isSelectedBy(2)).as("the name finds him as well").isFalse();
  }

  @Test
  void shouldReportAllThatIsWrongAtOnce() {
    assertThatThrownBy(
            () ->
                new Linkage(
                    List.of(
                        field("name", FieldComparator.EXACT), field("name", FieldComparator.DATE)),
                    List.of(BlockingRule.parse("zip + prefix(street, 2)")),
                    new Thresholds(0.9, 0.5),
                    false))
        .hasMessage(
            "field name is compared twice; rule zip + prefix(street, 2) needs zip, which is not"
                + " compared; rule zip + prefix(street, 2) needs street, which is not compared");
    assertThatThrownBy(() -> new Thresholds(0.5, 0.9))
        .hasMessageContaining("review is 0.9 and match is 0.5");
  }

  @Test
  void shouldWriteAPairAsEver() throws IOException {
    PairComparison pair = PEOPLE.compare(ROBERT, ROBERT, 0.93);
    DataOutputSerializer out = new DataOutputSerializer(64);
    pair.write(out);

    assertThat(HexFormat.of().formatHex(out.getCopyOfBuffer())).isEqualTo(golden());
    assertThat(PairComparison.read(new DataInputDeserializer(HexFormat.of().parseHex(golden()))))
        .isEqualTo(pair);
    byte[] later = out.getCopyOfBuffer();
    later[0] = 2;
    assertThatThrownBy(() -> PairComparison.read(new DataInputDeserializer(later)))
        .hasMessage("a comparison of format 2, but 1 is known");
  }

  private static String golden() throws IOException {
    try (InputStream in = LinkageTest.class.getResourceAsStream("/golden/duplicates-pair-v1.hex")) {
      assertThat(in).as("golden file").isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }

  private static int[] levels(PairComparison pair) {
    int[] levels = new int[pair.fields()];
    Arrays.setAll(levels, pair::level);
    return levels;
  }
}
