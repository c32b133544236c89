package io.millrace.sql.postgres;

import io.millrace.pipeline.PostgresOrigin;
import io.millrace.sql.topics.RowMask;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table of Postgres: its rows as they are when the query begins, or, over change data capture,
 * its rows and what becomes of them.
 *
 * @param read type of the rows as they are read
 * @param shown type of the rows after the mask
 * @param changes the source of change data capture; without it the table is read once
 */
public record PostgresTableSource(
    PostgresOrigin origin,
    RowType read,
    RowType shown,
    RowMask mask,
    Optional<ScanTableSource> changes)
    implements ScanTableSource {

  /** Whether columns of a type can be read from a table of Postgres. */
  public static boolean reads(LogicalType type) {
    return TableReader.reads(type);
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return changes.map(ScanTableSource::getChangelogMode).orElse(ChangelogMode.insertOnly());
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    Optional<SourceProvider> followed =
        changes.map(it -> (SourceProvider) it.getScanRuntimeProvider(context));
    return new DataStreamScanProvider() {
      @Override
      public DataStream<RowData> produceDataStream(
          ProviderContext provider, StreamExecutionEnvironment env) {
        return followed.isPresent()
            ? follow(followed.get(), provider, env)
            : readOnce(provider, env);
      }

      @Override
      public boolean isBounded() {
        return followed.isEmpty();
      }
    };
  }

  private DataStream<RowData> readOnce(ProviderContext provider, StreamExecutionEnvironment env) {
    var once = env.fromData(1).name("once").setParallelism(1);
    provider.generateUid("once").ifPresent(once::uid);
    var rows =
        once.flatMap(new TableReader(origin, read, mask))
            .returns(InternalTypeInfo.of(shown))
            .name(asSummaryString())
            .setParallelism(1);
    provider.generateUid("rows").ifPresent(rows::uid);
    return rows;
  }

  private DataStream<RowData> follow(
      SourceProvider followed, ProviderContext provider, StreamExecutionEnvironment env) {
    var changed =
        env.fromSource(followed.createSource(), WatermarkStrategy.noWatermarks(), asSummaryString())
            .setParallelism(1);
    provider.generateUid("changes").ifPresent(changed::uid);
    var masked = changed.map(mask::apply).returns(InternalTypeInfo.of(shown)).setParallelism(1);
    provider.generateUid("masked").ifPresent(masked::uid);
    return masked;
  }

  @Override
  public DynamicTableSource copy() {
    return this;
  }

  @Override
  public String asSummaryString() {
    return origin.schema() + "." + origin.table();
  }
}
