package io.millrace.jobs.backfill;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** Lets rows pass whose event time lies in a range, and those that have none. */
final class EventTimeRange extends ProcessFunction<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final long from;
  private final long until;

  private EventTimeRange(long from, long until) {
    this.from = from;
    this.until = until;
  }

  /**
   * @param from the first event time, epoch millis
   * @param until the one after the last
   */
  static DataStream<RowData> of(DataStream<RowData> rows, long from, long until, String uid) {
    if (from == Long.MIN_VALUE && until == Long.MAX_VALUE) {
      return rows;
    }
    return rows.process(new EventTimeRange(from, until))
        .returns(rows.getType())
        .setParallelism(rows.getParallelism())
        .name("event times in range")
        .uid(uid);
  }

  @Override
  public void processElement(RowData row, Context context, Collector<RowData> out) {
    Long time = context.timestamp();
    if (time == null || from <= time && time < until) {
      out.collect(row);
    }
  }
}
