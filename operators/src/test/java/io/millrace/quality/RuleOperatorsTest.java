package io.millrace.quality;

import static io.millrace.quality.RideSource.MINUTE;
import static io.millrace.quality.RideSource.NOON;
import static io.millrace.quality.RideSource.WINDOW;
import static io.millrace.quality.RideSource.ride;
import static io.millrace.quality.RideSource.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contract.QualityRule;
import io.millrace.contract.QualityRule.NotNull;
import io.millrace.contract.QualityRule.RowCount;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.contract.QualityRule.Unique;
import io.millrace.ingest.Deviation;
import io.millrace.ingest.Drift;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.QualityResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class RuleOperatorsTest {
  private static final QualityRule CHEAP = rule("cheap", "fare", new Satisfies("fare < 100"));
  private static final QualityRule ONCE = rule("once", "", new Unique(List.of("id")));

  @Test
  void shouldPutRowsAsideThatDoNotSatisfyACondition() throws Exception {
    Source source = RideSource.with(Map.of(), CHEAP);
    try (var harness = sqlHarness(source, CHEAP)) {
      harness.processElement(judged(ride(source, "1", "Z1", 5), true, null), NOON);
      harness.processElement(judged(ride(source, "2", "Z1", null), null, null), NOON);
      harness.processElement(judged(ride(source, "3", "Z1", 500), false, null), NOON);
      harness.processElement(judged(ride(source, "4", "Z1", 7), null, "/ by zero"), NOON);

      assertThat(ids(harness)).containsExactly("1", "2");
      List<DeadLetter> letters = letters(harness);
      assertThat(letters).extracting(DeadLetter::reason).containsOnly(DeadLetterReason.QUALITY);
      assertThat(letters.get(0).message()).isEqualTo("rule cheap: expected fare < 100");
      assertThat(letters.get(0).field()).isEqualTo("fare");
      assertThat(letters.get(0).timeMillis()).isEqualTo(NOON);
      assertThat(new String(letters.get(0).raw().bytes(), StandardCharsets.UTF_8))
          .startsWith("{\"id\":\"3\",\"zone\":\"Z1\",\"fare\":500");
      assertThat(letters.get(1).message()).endsWith(", and it failed: / by zero");

      assertThat(counts(harness)).isEmpty();
      harness.processWatermark(NOON + WINDOW - 1);
      assertThat(counts(harness)).containsExactly(new RuleCounts("cheap", NOON, 4, 2));
    }
  }

  @Test
  void shouldDoWhatThePolicySays() throws Exception {
    assertThat(fares(Policy.IGNORE)).containsExactly("500");
    assertThat(fares(Policy.DISCARD_VALUE)).containsExactly("null");
    assertThat(fares(Policy.DISCARD_ROW)).isEmpty();
    assertThat(fares(Policy.QUARANTINE)).containsExactly("letter");
    assertThatThrownBy(() -> fares(Policy.FAIL))
        .hasStackTraceContaining("breaks the quality rule cheap (expected fare < 100)");
    QualityRule required = rule("named", "id", new Satisfies("id <> '3'"));
    assertThat(
            outcome(
                RideSource.with(Map.of(Kind.QUALITY, Policy.DISCARD_VALUE), required), required))
        .as("a required field is not made null")
        .containsExactly("letter");
    SchemaDrift dryRun =
        new SchemaDrift(
            Map.of(Kind.QUALITY, Policy.DISCARD_ROW), 0.9, Set.of(), false, true, Map.of());
    assertThat(outcome(RideSource.with(dryRun, CHEAP), CHEAP)).containsExactly("500");
    QualityRule tolerant =
        rule("mostly", "fare", new Satisfies("fare < 100"), RideSource.lessThanPercent(5));
    assertThat(outcome(RideSource.with(Map.of(), tolerant), tolerant)).containsExactly("500");
  }

  /** The row before an update left no trace when it did not satisfy the condition itself. */
  @Test
  void shouldTreatTheRowBeforeAnUpdateAsItWasTreatedBefore() throws Exception {
    Source source = RideSource.with(Map.of(), CHEAP);
    try (var harness = sqlHarness(source, CHEAP)) {
      harness.processElement(
          judged(kind(ride(source, "1", "Z1", 500), RowKind.UPDATE_BEFORE), false, null), NOON);
      harness.processElement(
          judged(kind(ride(source, "1", "Z1", 5), RowKind.UPDATE_AFTER), true, null), NOON);
      harness.processElement(
          judged(kind(ride(source, "2", "Z1", 500), RowKind.DELETE), false, null), NOON);

      assertThat(harness.extractOutputValues())
          .extracting(RowData::getRowKind)
          .containsExactly(RowKind.UPDATE_AFTER);
      assertThat(letters(harness)).isEmpty();
      harness.processWatermark(NOON + WINDOW);
      assertThat(counts(harness)).containsExactly(new RuleCounts("cheap", NOON, 1, 0));
    }
  }

  @Test
  void shouldHandOnCountsBeforeEveryCheckpoint() throws Exception {
    Source source = RideSource.with(Map.of(), CHEAP);
    try (var harness = sqlHarness(source, CHEAP)) {
      harness.processElement(judged(ride(source, "1", "Z1", 5), true, null), NOON);
      harness.prepareSnapshotPreBarrier(1);
      harness.processElement(judged(ride(source, "2", "Z1", 5), true, null), NOON + MINUTE);
      harness.endInput();
      assertThat(counts(harness))
          .containsExactly(
              new RuleCounts("cheap", NOON, 1, 0), new RuleCounts("cheap", NOON, 1, 0));
    }
  }

  @Test
  void shouldLetTheFirstRowOfAWindowPassAlsoAfterARestart() throws Exception {
    Source source = RideSource.with(Map.of(), ONCE);
    OperatorSubtaskState state;
    try (var harness = uniqueHarness(source)) {
      harness.open();
      harness.processElement(ride(source, "1", "Z1", 5), NOON);
      harness.processElement(ride(source, "2", "Z1", 5), NOON);
      harness.processElement(ride(source, "1", "Z2", 6), NOON + MINUTE);
      assertThat(ids(harness)).containsExactly("1", "2");
      assertThat(letters(harness)).hasSize(1);
      assertThat(letters(harness).get(0).message())
          .isEqualTo("rule once: expected no other record of the window with the same id");
      state = harness.snapshot(1, 1);
    }
    try (var harness = uniqueHarness(source)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(ride(source, "1", "Z3", 7), NOON + 2 * MINUTE);
      assertThat(ids(harness)).isEmpty();
      harness.processElement(ride(source, "1", "Z3", 7), NOON + WINDOW);
      assertThat(ids(harness)).containsExactly("1");
      assertThat(harness.numKeyedStateEntries()).isEqualTo(2);
      harness.processWatermark(NOON + 3 * WINDOW);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
      // Its window is forgotten: nobody can say any more whether it is the first one.
      harness.processElement(ride(source, "1", "Z3", 7), NOON);
      assertThat(ids(harness)).containsExactly("1", "1");
    }
  }

  @Test
  void shouldCountRowsThatTheGuardHasDecidedAbout() throws Exception {
    QualityRule zone = rule("zone", "zone", new NotNull());
    QualityRule fare = rule("fare", "fare", new NotNull(), RideSource.lessThanPercent(50));
    QualityRule rows = rule("rows", "", new RowCount());
    Source source = RideSource.with(Map.of(), zone, fare, rows);
    try (var harness = new OneInputStreamOperatorTestHarness<>(new IngestedCounts(source))) {
      harness.open();
      send(harness, Ingested.row(ride(source, "1", "Z1", 5), NOON));
      send(harness, Ingested.row(ride(source, "2", "Z1", null), NOON));
      send(harness, Ingested.unresolved(drift(Kind.QUALITY, "zone"), NOON, true));
      send(harness, Ingested.unresolved(drift(Kind.TYPE_CHANGE, "STRING"), NOON, true));
      send(harness, Ingested.row(ride(source, "3", "Z1", 5), NOON).uncounted());
      harness.processWatermark(NOON + WINDOW - 1);

      assertThat(counts(harness))
          .containsExactly(
              new RuleCounts("zone", NOON, 3, 1),
              new RuleCounts("fare", NOON, 2, 1),
              new RuleCounts("rows", NOON, 2, 0));
    }
  }

  @Test
  void shouldAddUpWindowsAndCorrectThemForAWhile() throws Exception {
    QualityRule mostly = rule("mostly", "fare", new NotNull(), RideSource.lessThanPercent(25));
    Source source = RideSource.with(Map.of(), mostly);
    OperatorSubtaskState state;
    try (var harness = windowsHarness(source)) {
      harness.open();
      harness.processElement(new RuleCounts("mostly", NOON, 3, 1), NOON);
      harness.processElement(new RuleCounts("removed", NOON, 3, 1), NOON);
      state = harness.snapshot(1, 1);
    }
    try (var harness = windowsHarness(source)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(new RuleCounts("mostly", NOON, 1, 0), NOON);
      harness.processElement(new RuleCounts("mostly", NOON + WINDOW, 1, 0), NOON + WINDOW);
      harness.processWatermark(NOON + WINDOW - 1);
      assertThat(harness.extractOutputValues())
          .containsExactly(
              new QualityResult(
                  "rides",
                  "mostly",
                  "fare",
                  "a value",
                  "< 25 percent",
                  NOON,
                  NOON + WINDOW,
                  4,
                  1,
                  false));
      harness.processElement(new RuleCounts("mostly", NOON, 4, 0), NOON);
      assertThat(harness.extractOutputValues().get(1).checked()).isEqualTo(8);
      assertThat(harness.extractOutputValues().get(1).passed()).isTrue();
      harness.processWatermark(NOON + 2 * WINDOW - 1);
      assertThat(harness.extractOutputValues()).hasSize(3);
      harness.processElement(new RuleCounts("mostly", NOON, 1, 1), NOON);
      assertThat(harness.extractOutputValues()).as("forgotten by now").hasSize(3);
      harness.processWatermark(NOON + 3 * WINDOW);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  private static void send(
      OneInputStreamOperatorTestHarness<Ingested, RuleCounts> harness, Ingested ingested)
      throws Exception {
    harness.processElement(ingested, ingested.eventTimeMillis());
  }

  private static Drift drift(Kind kind, String found) {
    return new Drift(
        new byte[0],
        DeadLetter.Coordinates.table("rides", -1, null),
        0,
        Deviation.Outcome.DISCARDED_ROW,
        null,
        List.of(new Deviation(kind, "zone", found, "", "", Deviation.Outcome.DISCARDED_ROW)),
        List.of());
  }

  private static List<String> fares(Policy policy) throws Exception {
    return outcome(RideSource.with(Map.of(Kind.QUALITY, policy), CHEAP), CHEAP);
  }

  /** What becomes of a ride for 500 that breaks the rule. */
  private static List<String> outcome(Source source, QualityRule rule) throws Exception {
    try (var harness = sqlHarness(source, rule)) {
      harness.processElement(judged(ride(source, "3", "Z1", 500), false, null), NOON);
      List<String> outcome = new ArrayList<>();
      harness
          .extractOutputValues()
          .forEach(
              row ->
                  outcome.add("" + (row.isNullAt(2) ? null : ((GenericRowData) row).getField(2))));
      letters(harness).forEach(letter -> outcome.add("letter"));
      return outcome;
    }
  }

  private static RowData kind(RowData row, RowKind kind) {
    row.setRowKind(kind);
    return row;
  }

  private static RowData judged(RowData row, Boolean kept, String failure) {
    GenericRowData both =
        GenericRowData.of(
            row, failure == null ? GenericRowData.of(kept) : null, StringData.fromString(failure));
    both.setRowKind(row.getRowKind());
    return both;
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> sqlHarness(
      Source source, QualityRule rule) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<>(
            new SqlRuleOperator(
                new Enforcement(source, source.rowType(), "rides", rule),
                source.rowType().getFieldCount(),
                WINDOW));
    harness.getExecutionConfig().enableObjectReuse();
    harness.open();
    return harness;
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RowData, RowData> uniqueHarness(
      Source source) throws Exception {
    int[] id = {0};
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new UniqueOperator(new Enforcement(source, source.rowType(), "rides", ONCE), id, WINDOW),
        new UniqueKey(source.rowType(), id),
        Types.STRING);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RuleCounts, QualityResult>
      windowsHarness(Source source) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new RuleWindows(source)), RuleCounts::rule, Types.STRING);
  }

  private static List<String> ids(OneInputStreamOperatorTestHarness<?, RowData> harness) {
    return harness.extractOutputValues().stream().map(row -> row.getString(0).toString()).toList();
  }

  private static List<DeadLetter> letters(OneInputStreamOperatorTestHarness<?, ?> harness) {
    var letters = harness.getSideOutput(SplitDeadLetters.DEAD_LETTERS);
    return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
  }

  private static List<RuleCounts> counts(OneInputStreamOperatorTestHarness<?, ?> harness) {
    var counts = harness.getSideOutput(CountingOperator.COUNTS);
    return counts == null ? List.of() : counts.stream().map(StreamRecord::getValue).toList();
  }
}
