package io.millrace.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;

/**
 * A query over rows that are in memory, in a Flink of this process. The clock runs from the first
 * row to the last result, so that starting a job does not count. One at a time.
 */
final class SqlRun {

  /** What the source's and the sink's threads report. */
  private static volatile List<RowData> rows;

  private static final AtomicLong FIRST_NANOS = new AtomicLong();
  private static final AtomicLong LAST_NANOS = new AtomicLong();
  private static final AtomicLong RESULTS = new AtomicLong();

  private SqlRun() {}

  /**
   * Runs {@code query} over the table {@code input}, which also has the column {@code asked}, the
   * processing time.
   *
   * @param passes how often the source hands out all rows
   * @param session what the query needs: tables, models, functions, settings
   * @param results how many rows the query has to give
   * @return input rows a second
   */
  static double rate(
      List<RowData> input,
      RowType type,
      int passes,
      RuntimeExecutionMode mode,
      Consumer<StreamTableEnvironment> session,
      String query,
      long results)
      throws Exception {
    rows = input;
    FIRST_NANOS.set(0);
    RESULTS.set(0);
    StreamExecutionEnvironment streams = StreamExecutionEnvironment.getExecutionEnvironment();
    streams.setRuntimeMode(mode);
    streams.setParallelism(Runtime.getRuntime().availableProcessors());
    streams.getConfig().enableObjectReuse();
    StreamTableEnvironment sql = StreamTableEnvironment.create(streams);
    session.accept(sql);
    long count = (long) input.size() * passes;
    DataStream<RowData> source =
        streams.fromSequence(0, count - 1).map(SqlRun::row).returns(InternalTypeInfo.of(type));
    Schema.Builder schema = Schema.newBuilder();
    for (RowType.RowField field : type.getFields()) {
      schema.column(field.getName(), TypeConversions.fromLogicalToDataType(field.getType()));
    }
    schema.columnByExpression("asked", "PROCTIME()");
    sql.createTemporaryView("input", source, schema.build());
    Table result = sql.sqlQuery(query);
    DataStream<RowData> found =
        sql.toDataStream(
            result, result.getResolvedSchema().toPhysicalRowDataType().bridgedTo(RowData.class));
    found.filter(SqlRun::isUnseen).sinkTo(new DiscardingSink<>());
    streams.execute();
    if (RESULTS.get() != results) {
      throw new IllegalStateException(
          "the query gave %,d rows, expected %,d: %s".formatted(RESULTS.get(), results, query));
    }
    return count * 1e9 / (LAST_NANOS.get() - FIRST_NANOS.get());
  }

  private static RowData row(long number) {
    if (FIRST_NANOS.get() == 0) {
      FIRST_NANOS.compareAndSet(0, System.nanoTime());
    }
    return rows.get((int) (number % rows.size()));
  }

  /** Counts a result, which nobody needs after that. */
  private static boolean isUnseen(RowData row) {
    RESULTS.incrementAndGet();
    LAST_NANOS.accumulateAndGet(System.nanoTime(), Math::max);
    return false;
  }
}
