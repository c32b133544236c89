package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Rows go on, dead letters go aside to {@link #DEAD_LETTERS}.
 *
 * <p>Counts, in the metric group {@code source.<name>}: {@code recordsRead}, {@code rows}, {@code
 * deadLetters}, {@code deadLetters.<REASON>} apart, and those of {@link DriftMetrics}. A record is
 * counted once, also when it is a change that becomes two rows, so that {@code rows + deadLetters +
 * discardedRows = recordsRead} at any moment.
 */
public final class SplitDeadLetters extends ProcessFunction<Ingested, RowData> {

  /** Where the dead letters are found. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  private static final long serialVersionUID = 1L;

  private final String source;
  private final boolean positioned;
  private transient MetricGroup metrics;
  private transient Counter recordsRead;
  private transient Counter rows;
  private transient Counter deadLetters;
  private transient DriftMetrics drift;
  private transient Map<DeadLetterReason, Counter> byReason;

  public SplitDeadLetters(String source) {
    this(source, false);
  }

  /**
   * @param positioned whether rows are to be {@link PositionedRows}
   */
  public SplitDeadLetters(String source, boolean positioned) {
    this.source = source;
    this.positioned = positioned;
  }

  @Override
  public void open(OpenContext context) {
    metrics = getRuntimeContext().getMetricGroup().addGroup("source", source);
    recordsRead = metrics.counter("recordsRead");
    rows = metrics.counter("rows");
    deadLetters = metrics.counter("deadLetters");
    drift = new DriftMetrics(metrics);
    byReason = new EnumMap<>(DeadLetterReason.class);
  }

  @Override
  public void processElement(Ingested ingested, Context context, Collector<RowData> out) {
    if (ingested.counted()) {
      recordsRead.inc();
      drift.count(ingested);
    }
    if (ingested.isRow()) {
      if (ingested.counted()) {
        rows.inc();
      }
      out.collect(
          positioned ? PositionedRows.of(ingested.row(), ingested.position()) : ingested.row());
      return;
    }
    if (ingested.isDiscarded()) {
      return;
    }
    deadLetters.inc();
    byReason
        .computeIfAbsent(
            ingested.deadLetter().reason(),
            reason -> metrics.addGroup("deadLetters").counter(reason.name()))
        .inc();
    context.output(DEAD_LETTERS, ingested.deadLetter());
  }
}
