package io.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.drift.DriftPlan;
import io.millrace.drift.DriftTopology;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftSummary;
import io.millrace.records.Feedback;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.CloseableIterator;

/**
 * The two tables of {@link DriftBench} as one stream through a Flink job with a drift monitor: the
 * first table is the reference, the second one a window. The rows are made as they are taken, which
 * counts as well.
 */
final class DriftStream {

  /** The tables are in this process, where Flink runs too: a function finds them here. */
  private static volatile DriftTable[] tables;

  private DriftStream() {}

  /**
   * Runs the job once.
   *
   * @return values per second of processor time, that of Flink, the compiler and the collector
   *     included
   */
  static double valuesPerCpuSecond(DriftTable reference, DriftTable current) throws Exception {
    tables = new DriftTable[] {reference, current};
    OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    env.getConfig().enableObjectReuse();
    int rows = reference.rows();
    DataStream<RowData> stream =
        env.fromSequence(0, 2L * rows - 1)
            .map(new Row(rows))
            .returns(InternalTypeInfo.of(rowType()))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<RowData>forMonotonousTimestamps()
                    .withTimestampAssigner((row, before) -> row.getLong(row.getArity() - 1)));
    DriftTopology.Outputs outputs =
        DriftTopology.watch(
            stream,
            env.fromData(new DriftControl("nobody", DriftControl.Action.REBUILD, "")),
            env.fromData(new Feedback("nobody", 0, 0)),
            plan(rows),
            new DriftTopology.Naming("bench", "bench"));
    long before = machine.getProcessCpuTime();
    check(outputs.summaries().executeAndCollect());
    double seconds = (machine.getProcessCpuTime() - before) / 1e9;
    return 2.0 * rows * (DriftTable.NUMBERS + DriftTable.CATEGORIES) / seconds;
  }

  private static void check(CloseableIterator<DriftSummary> summaries) throws Exception {
    try (summaries) {
      DriftSummary last = null;
      for (Iterator<DriftSummary> each = summaries; each.hasNext(); ) {
        last = each.next();
      }
      if (last == null || last.drifted().size() != 3) {
        throw new IllegalStateException("3 columns drifted, but the job said " + last);
      }
      if (last.outcome() == DriftOutcome.BASELINE) {
        throw new IllegalStateException("the window was not compared");
      }
    }
  }

  private static DriftPlan plan(int rows) {
    Duration window = Duration.ofMillis(rows);
    DriftMonitorSpec spec =
        new DriftMonitorSpec(
            "bench",
            "rows",
            false,
            window,
            window,
            new DriftReference(DriftReference.Kind.FIRST, window, Path.of(""), "", "first"),
            List.of(),
            Optional.empty(),
            new DriftMonitorSpec.Alarm(0.1, 0.01, 0.1, 1, 50));
    return DriftPlan.bind(spec, rowType(), Set.of("time"), Set.of(), false);
  }

  private static RowType rowType() {
    int columns = DriftTable.NUMBERS + DriftTable.CATEGORIES;
    LogicalType[] types = new LogicalType[columns + 1];
    String[] names = new String[columns + 1];
    for (int i = 0; i < columns; i++) {
      boolean number = i < DriftTable.NUMBERS;
      types[i] = number ? new DoubleType() : new VarCharType(VarCharType.MAX_LENGTH);
      names[i] = (number ? "n" : "c") + i;
    }
    types[columns] = new BigIntType(false);
    names[columns] = "time";
    return RowType.of(types, names);
  }

  /** Makes the rows of both tables, one after the other, a millisecond apart. */
  private static final class Row implements MapFunction<Long, RowData> {
    private static final long serialVersionUID = 1L;
    private final int rows;
    private transient StringData[][] names;

    Row(int rows) {
      this.rows = rows;
    }

    @Override
    public RowData map(Long number) {
      if (names == null) {
        names =
            IntStream.range(0, DriftTable.CATEGORIES)
                .mapToObj(
                    column ->
                        IntStream.range(0, DriftTable.names(column))
                            .mapToObj(code -> StringData.fromString("name " + code))
                            .toArray(StringData[]::new))
                .toArray(StringData[][]::new);
      }
      DriftTable table = tables[number < rows ? 0 : 1];
      int at = (int) (number % rows);
      GenericRowData row = new GenericRowData(DriftTable.NUMBERS + DriftTable.CATEGORIES + 1);
      for (int column = 0; column < DriftTable.NUMBERS; column++) {
        row.setField(column, table.numbers(column)[at]);
      }
      for (int column = 0; column < DriftTable.CATEGORIES; column++) {
        row.setField(DriftTable.NUMBERS + column, names[column][table.codes(column)[at]]);
      }
      row.setField(row.getArity() - 1, number);
      return row;
    }
  }
}
