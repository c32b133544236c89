package io.millrace.quality;

import static io.millrace.quality.RideSource.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.QualityRule;
import io.millrace.contract.QualityRule.Check;
import io.millrace.contract.QualityRule.Length;
import io.millrace.contract.QualityRule.Matches;
import io.millrace.contract.QualityRule.NotMissing;
import io.millrace.contract.QualityRule.NotNull;
import io.millrace.contract.QualityRule.OneOf;
import io.millrace.contract.QualityRule.Range;
import io.millrace.ingest.RowRules;
import io.millrace.pipeline.Source;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowLevelRulesTest {
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;

  record Case(Check check, LogicalType type, Object value, boolean kept) {}

  static Stream<Case> cases() {
    Check capitals = new Matches("^[A-Z]{2}$");
    Check twoToThree = new Length(2, 3);
    Check few = range("-60", false, "10", true);
    Check units = new OneOf(List.of("kg", "lb"));
    Check missing = new NotMissing(List.of("", "N/A", "-1"), true);
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    Check afterNoon = range("" + noon.getEpochSecond(), true, null, false);
    return Stream.of(
        new Case(new NotNull(), TEXT, null, false),
        new Case(new NotNull(), TEXT, text(""), true),
        new Case(missing, TEXT, null, false),
        new Case(missing, TEXT, text("N/A"), false),
        new Case(missing, TEXT, text("n/a"), true),
        new Case(missing, new IntType(), -1, false),
        new Case(missing, new IntType(), 0, true),
        new Case(new NotMissing(List.of("x"), false), TEXT, null, true),
        new Case(capitals, TEXT, null, true),
        new Case(capitals, TEXT, text("UA"), true),
        new Case(capitals, TEXT, text("UA "), false),
        new Case(new Matches("A"), TEXT, text("xAx"), true),
        new Case(twoToThree, TEXT, text("ab"), true),
        new Case(twoToThree, TEXT, text("😀😀😀"), true),
        new Case(twoToThree, TEXT, text("abcd"), false),
        new Case(twoToThree, TEXT, null, true),
        new Case(few, new IntType(), -60, true),
        new Case(few, new IntType(), -61, false),
        new Case(few, new BigIntType(), 9L, true),
        new Case(few, new BigIntType(), 10L, false),
        new Case(few, new IntType(), null, true),
        new Case(few, new DoubleType(), 9.999, true),
        new Case(few, new DoubleType(), Double.NaN, false),
        new Case(range("0.5", false, null, false), new IntType(), 0, false),
        new Case(range("0.5", false, null, false), new IntType(), 1, true),
        new Case(
            few,
            new DecimalType(5, 2),
            DecimalData.fromBigDecimal(new BigDecimal("9.99"), 5, 2),
            true),
        new Case(range("1", false, "3", false), new DateType(), 4, false),
        new Case(
            afterNoon,
            new LocalZonedTimestampType(3),
            TimestampData.fromInstant(noon.plusMillis(1)),
            true),
        new Case(afterNoon, new LocalZonedTimestampType(3), TimestampData.fromInstant(noon), false),
        new Case(units, TEXT, text("kg"), true),
        new Case(units, TEXT, text("KG"), false),
        new Case(units, TEXT, null, true),
        new Case(new OneOf(List.of("1", "2.50")), new DoubleType(), 2.5, true),
        new Case(new OneOf(List.of("1", "2.50")), new DoubleType(), 2.0, false),
        new Case(new OneOf(List.of("1")), new DoubleType(), Double.NaN, false),
        new Case(new OneOf(List.of("true")), new BooleanType(), true, true),
        new Case(new OneOf(List.of("true")), new BooleanType(), false, false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldJudgeSingleValues(Case each) {
    Predicate<Object> condition = Conditions.of(each.check, each.type);
    assertThat(condition.test(each.value)).isEqualTo(each.kept);
    assertThat(condition.test(each.value)).as("a second time").isEqualTo(each.kept);
  }

  @Test
  void shouldNameTheBrokenRulesAndShowTheValue() throws Exception {
    Source source =
        RideSource.with(
            Map.of(),
            rule("zone.pattern", "zone", new Matches("^Z[0-9]$")),
            rule("fare.range", "fare", range("0", false, "100", false)),
            rule("driver.pattern", "driver", new Matches("@")),
            rule("tags.length", "tags[]", new Length(1, 4)),
            rule("fare.known", "fare", new NotNull(), RideSource.lessThanPercent(5)));
    RowRules rules =
        InstantiationUtil.clone(
            (RowLevelRules) RowLevelRules.enforced(source), getClass().getClassLoader());

    assertThat(rules.check(RideSource.ride(source, "1", "Z1", null))).isEmpty();
    RowData bad = RideSource.ride(source, "2", "A\"1", 101, "nobody", "card", null, "credit");
    assertThat(rules.check(bad))
        .containsExactly(
            new RowRules.Broken("zone", "zone.pattern", "a match of ^Z[0-9]$", "\"A\\\"1\""),
            new RowRules.Broken("fare", "fare.range", ">= 0 and <= 100", "101"),
            new RowRules.Broken("driver", "driver.pattern", "a match of @", ""),
            new RowRules.Broken("tags[]", "tags.length", "1 to 4 characters", "\"credit\""));
  }

  @Test
  void shouldAskNothingOfRowsWithoutRules() {
    assertThat(RowLevelRules.enforced(RideSource.with(Map.of()))).isSameAs(RowRules.NONE);
  }

  /** A pattern that takes exponential time in engines that backtrack. */
  @Test
  void shouldAnswerInLinearTimeWhateverThePattern() {
    Predicate<Object> condition = Conditions.of(new Matches("^(a+)+$"), TEXT);
    assertThat(condition.test(text("a".repeat(20_000) + "!"))).isFalse();
  }

  private static QualityRule.Range range(
      String least, boolean leastExcluded, String most, boolean mostExcluded) {
    String text =
        (least == null ? "" : (leastExcluded ? "> " : ">= ") + least)
            + (least == null || most == null ? "" : " and ")
            + (most == null ? "" : (mostExcluded ? "< " : "<= ") + most);
    return new Range(
        least == null ? null : new BigDecimal(least),
        leastExcluded,
        most == null ? null : new BigDecimal(most),
        mostExcluded,
        text);
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }
}
