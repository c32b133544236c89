package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldProfileTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "true false null | BOOLEAN",
        "1 -2 3 | BIGINT",
        "9223372036854775807 | BIGINT",
        "9223372036854775808 1 | DECIMAL(22, 0)",
        "1 2.5 | DOUBLE",
        "1.0 2.0 | DOUBLE",
        "1e3 2 | DOUBLE",
        "12.50 3.25 199.99 | DECIMAL(8, 2)",
        "12.50 3.2 | DOUBLE",
        "\"2013-01-01\" | DATE",
        "\"2013-01-01\" \"2013-02-30\" | STRING",
        "\"10:15:00\" \"10:15\" | TIME(3)",
        "\"2013-01-01T10:15:00\" | TIMESTAMP(3)",
        "\"2013-01-01T10:15:00Z\" \"2013-01-01T10:15:00.123+02:00\" | TIMESTAMP_LTZ(3)",
        "\"2013-01-01T10:15:00.123456Z\" | TIMESTAMP_LTZ(6)",
        "\"2013-01-01T10:15:00.123456789Z\" | TIMESTAMP_LTZ(9)",
        "\"12\" \"13\" | STRING",
        "\"007\" | STRING",
        "\"\" | STRING",
        "[1,2] [] | ARRAY<BIGINT>",
        "{\"a\":1,\"b\":[{\"c\":\"x\"}]} | ROW<`a` BIGINT, `b` ARRAY<ROW<`c` STRING>>>",
        "{\"a/b\":1,\"[]\":2,\"~\":3} | ROW<`a/b` BIGINT, `~` BIGINT, `[]` BIGINT>",
      })
  void shouldInferTheTypeThatFits(String values, String type) {
    assertThat(evidence(values.split(" ")).inferredType().orElseThrow().type().asSummaryString())
        .isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {"null null", "[] []", "{}", "[[[[[1]]]]]"})
  void shouldLeaveTheTypeOpenWhenNothingSpeaksForOne(String values) {
    assertThat(evidence(values.split(" ")).inferredType()).isEmpty();
  }

  @Test
  void shouldGrowMoreConfidentWithEveryValueThatFits() {
    assertThat(evidence("1").inferredType().orElseThrow().confidence())
        .isCloseTo(2 / 3., within(1e-9));
    assertThat(numbers(98).inferredType().orElseThrow().confidence()).isCloseTo(0.99, within(1e-9));
    InferredType mixed = numbers(98).plus(evidence("\"N/A\"", "null")).inferredType().orElseThrow();
    assertThat(mixed.type().asSummaryString()).isEqualTo("BIGINT");
    assertThat(mixed.confidence()).isCloseTo(99 / 101., within(1e-9));
    assertThat(mixed.nullsSeen()).isTrue();
    assertThat(mixed.note()).isEqualTo("1 of 99 values are of another type");
  }

  @Test
  void shouldSayWhatAPersonShouldKnowOfNumbers() {
    assertThat(note("1357034400000")).contains("milliseconds since 1970");
    assertThat(note("1357034400")).contains("in seconds since 1970");
    assertThat(note("1357034400000000")).contains("microseconds since 1970");
    assertThat(note("1357034400", "12")).isEmpty();
    assertThat(note("\"12\"", "\"-1.5e3\"")).isEqualTo("every value is a number in a string");
    assertThat(note("\"true\"", "\"FALSE\"")).contains("true or false in a string");
  }

  @Test
  void shouldGatherTheSameInPartsAsInOnePiece() {
    long seed = 20130101;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> values =
        IntStream.range(0, 3_000)
            .mapToObj(i -> random.nextInt(20) == 0 ? "null" : "\"N" + random.nextInt(400) + "UA\"")
            .toList();
    FieldProfile whole = new FieldProfile();
    FieldProfile[] parts = Stream.generate(FieldProfile::new).limit(3).toArray(FieldProfile[]::new);
    for (int i = 0; i < values.size(); i++) {
      whole.observe(values.get(i), i);
      parts[random.nextInt(3)].observe(values.get(i), i);
    }

    FieldEvidence merged =
        parts[2]
            .evidence()
            .plus(parts[0].evidence())
            .plus(FieldEvidence.none())
            .plus(parts[1].evidence());

    FieldEvidence expected = whole.evidence();
    assertThat(merged.count()).isEqualTo(3_000);
    assertThat(merged.nulls()).isEqualTo(expected.nulls());
    assertThat(merged.firstSeenMillis()).isZero();
    assertThat(merged.lastSeenMillis()).isEqualTo(2_999);
    assertThat(merged.types()).isEqualTo(expected.types());
    assertThat(merged.sample()).isEqualTo(expected.sample()).hasSize(FieldEvidence.SAMPLE);
    assertThat(merged.values().shapes()).isEqualTo(expected.values().shapes());
    assertThat(merged.values().lengths()).isEqualTo(expected.values().lengths());
    assertThat(merged.distinct()).isEqualTo(expected.distinct()).isBetween(320., 480.);
  }

  @Test
  void shouldSampleNumbersEvenlyAndStayBounded() {
    FieldEvidence merged = FieldEvidence.none();
    for (int part = 0; part < 10; part++) {
      FieldProfile profile = new FieldProfile();
      for (int i = 0; i < 1_000; i++) {
        profile.observe(Integer.toString(part * 1_000 + i), 0);
      }
      merged = merged.plus(profile.evidence());
    }

    double[] sorted = merged.values().sortedNumbers();
    assertThat(sorted).hasSize(ValueSketch.NUMBERS);
    assertThat(merged.values().numbersSeen()).isEqualTo(10_000);
    assertThat(sorted[64]).isBetween(1_500., 3_500.);
    assertThat(sorted[128]).isBetween(4_000., 6_000.);
    assertThat(merged.values().frequent()).hasSizeLessThanOrEqualTo(ValueSketch.FREQUENT);
  }

  /** Guards tell what they have seen every second: a few values each time. */
  @Test
  void shouldSampleManyShortProfilesAsEvenlyAsALongOne() {
    FieldEvidence merged = FieldEvidence.none();
    for (int second = 0; second < 2_000; second++) {
      FieldProfile profile = new FieldProfile();
      for (int i = 0; i < 5; i++) {
        profile.observe(Integer.toString((second * 5 + i) % 7), 1_000L * second);
      }
      merged = merged.plus(profile.evidence());
    }

    long[] counts = new long[7];
    for (double number : merged.values().numbers()) {
      counts[(int) number]++;
    }
    for (long count : counts) {
      assertThat(count).as("of 256 / 7 = 37 each").isBetween(15L, 70L);
    }
  }

  @Test
  void shouldFindFrequentValuesAmongManyRareOnes() {
    FieldProfile profile = new FieldProfile();
    for (int i = 0; i < 20_000; i++) {
      profile.observe(i % 4 == 0 ? "\"JFK\"" : "\"rare" + i + "\"", 0);
    }
    long seen = profile.evidence().values().frequent().get("JFK");
    assertThat(seen).isBetween(5_000L - 20_000 / ValueSketch.FREQUENT, 5_000L);
  }

  @Test
  void shouldStayBoundedForObjectsWithManyProperties() {
    FieldProfile profile = new FieldProfile();
    for (int i = 0; i < 1_000; i++) {
      profile.observe("{\"p" + i + "\":" + "[[[[[[1]]]]]]" + "}", 0);
    }
    FieldEvidence evidence = profile.evidence().plus(profile.evidence());
    assertThat(evidence.types()).hasSize(FieldProfile.MAX_PATHS);
    assertThat(evidence.inferredType()).isEmpty();
  }

  @Test
  void shouldCutLongValuesInTheSample() {
    FieldEvidence evidence = evidence("\"" + "😀".repeat(500) + "\"");
    assertThat(evidence.sample().get(0)).hasSizeLessThanOrEqualTo(FieldEvidence.MAX_SAMPLE_TEXT);
    assertThat(evidence.sample().get(0).codePoints()).allMatch(Character::isValidCodePoint);
    assertThat(evidence.toString()).doesNotContain("😀");
  }

  @Test
  void shouldRefuseWhatIsNotJson() {
    FieldProfile profile = new FieldProfile();
    assertThatThrownBy(() -> profile.observe("N/A", 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> profile.observe("", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldBeKeptInStateWithoutKryo() {
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(FieldEvidence.class);
    assertThat(TypeInformation.of(FieldEvidence.class).getGenericParameters()).isEmpty();
  }

  private static String note(String... values) {
    return evidence(values).inferredType().orElseThrow().note();
  }

  private static FieldEvidence numbers(int count) {
    return evidence(IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new));
  }

  private static FieldEvidence evidence(String... values) {
    FieldProfile profile = new FieldProfile();
    for (String value : values) {
      profile.observe(value, 0);
    }
    return profile.evidence();
  }
}
