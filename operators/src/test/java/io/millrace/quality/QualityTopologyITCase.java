package io.millrace.quality;

import static io.millrace.quality.RideSource.MINUTE;
import static io.millrace.quality.RideSource.NOON;
import static io.millrace.quality.RideSource.WINDOW;
import static io.millrace.quality.RideSource.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.QualityRule.Matches;
import io.millrace.contract.QualityRule.NotNull;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.contract.QualityRule.Unique;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** Rules of all kinds in a running job. */
class QualityTopologyITCase {

  private static final Source RIDES =
      RideSource.with(
          Map.of(),
          rule("zone.pattern", "zone", new Matches("^Z[0-9]$")),
          rule("fare.known", "fare", new NotNull(), RideSource.lessThanPercent(50)),
          rule("cheap", "fare", new Satisfies("100 / (fare - 7) > -1000 AND fare < 100")),
          rule("once", "", new Unique(List.of("id"))));

  @Test
  void shouldLetPassWhatKeepsTheRulesAndAccountForTheRest() throws Exception {
    List<String> sent =
        List.of(
            ride("0", "Z1", "5"),
            ride("1", "Z1", "null"),
            ride("2", "Y1", "6"),
            ride("3", "Z2", "500"),
            ride("4", "Z2", "7"),
            ride("0", "Z3", "8"),
            "{\"id\":9}",
            ride("6", "Z3", "9"));
    List<String> outcome = new ArrayList<>();
    try (CloseableIterator<String> lines = run(sent)) {
      lines.forEachRemaining(outcome::add);
    }

    assertThat(outcome)
        .containsExactlyInAnyOrder(
            "row 0",
            "row 1",
            "row 6",
            "QUALITY rule zone.pattern is broken: expected a match of ^Z[0-9]$",
            "QUALITY rule cheap: expected 100 / (fare - 7) > -1000 AND fare < 100",
            "QUALITY rule cheap: expected 100 / (fare - 7) > -1000 AND fare < 100, and it failed:"
                + " / by zero",
            "QUALITY rule once: expected no other record of the window with the same id",
            "WRONG_TYPE",
            "zone.pattern 7 checked 1 failed false",
            "fare.known 6 checked 1 failed true",
            "cheap 6 checked 2 failed false",
            "once 4 checked 1 failed false");
  }

  private static CloseableIterator<String> run(List<String> sent) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    Guard.Settings settings = Guard.Settings.of(RIDES).withRules(RowLevelRules.enforced(RIDES));
    SingleOutputStreamOperator<Ingested> ingested =
        env.fromData(sent)
            .map(new Admit(settings))
            .returns(new IngestedTypeInfo(RIDES.rowType()))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Ingested>forMonotonousTimestamps()
                    .withTimestampAssigner((each, before) -> each.eventTimeMillis()))
            .setParallelism(1);
    SingleOutputStreamOperator<RowData> rows =
        ingested
            .process(new SplitDeadLetters("rides"))
            .returns(InternalTypeInfo.of(RIDES.rowType()))
            .setParallelism(1);
    QualityTopology quality =
        QualityTopology.of(RIDES, ingested, rows, "rides", suffix -> "rides-" + suffix);
    DataStream<String> lines =
        quality
            .rows()
            .map(row -> "row " + row.getString(0))
            .returns(Types.STRING)
            .union(
                quality
                    .results()
                    .orElseThrow()
                    .map(
                        it ->
                            it.windowStartMillis() == NOON && it.windowEndMillis() == NOON + WINDOW
                                ? it.rule()
                                    + " "
                                    + it.checked()
                                    + " checked "
                                    + it.failed()
                                    + " failed "
                                    + it.passed()
                                : "another window " + it)
                    .returns(Types.STRING));
    List<DataStream<DeadLetter>> letters = new ArrayList<>(quality.deadLetters());
    letters.add(rows.getSideOutput(SplitDeadLetters.DEAD_LETTERS));
    for (DataStream<DeadLetter> each : letters) {
      lines =
          lines.union(
              each.map(
                      it ->
                          it.reason() + (it.message().startsWith("rule") ? " " + it.message() : ""))
                  .returns(Types.STRING));
    }
    return lines.executeAndCollect();
  }

  /** Ten seconds apart, in one window. */
  private static final class Admit extends RichMapFunction<String, Ingested> {
    private static final long serialVersionUID = 1L;

    private final Guard.Settings settings;
    private transient Guard guard;
    private transient int place;

    Admit(Guard.Settings settings) {
      this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
      guard = new Guard(settings, () -> NOON + 60 * MINUTE);
    }

    @Override
    public Ingested map(String json) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      long time = NOON + 10_000L * place++;
      return guard.settle(
          guard.admit(bytes, time, () -> DeadLetter.Coordinates.kafka("rides", 0, 0, null)));
    }
  }

  private static String ride(String id, String zone, String fare) {
    return "{\"id\":\"%s\",\"zone\":\"%s\",\"fare\":%s}".formatted(id, zone, fare);
  }
}
