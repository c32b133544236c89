package io.millrace.jobs.training;

import io.millrace.jobs.tables.SpineTable;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** The rows of a spine, with their times and numbers. */
final class ReadSpine implements FlatMapFunction<String, RowData> {
  private static final long serialVersionUID = 1L;

  private final SpineTable spine;

  ReadSpine(SpineTable spine) {
    this.spine = spine;
  }

  @Override
  public void flatMap(String file, Collector<RowData> out) throws Exception {
    try (SpineTable.Reader in = spine.open()) {
      for (GenericRowData row = in.next(); row != null; row = in.next()) {
        out.collect(row);
      }
    }
  }
}
