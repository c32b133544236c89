package io.millrace.sql.catalog;

import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;

/** Rows that are known when a query is planned, as a bounded table. */
final class KnownRows implements ScanTableSource {

  private final List<RowData> rows;
  private final DataType type;
  private final String name;

  KnownRows(List<RowData> rows, DataType type, String name) {
    this.rows = List.copyOf(rows);
    this.type = type;
    this.name = name;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    InternalTypeInfo<RowData> rowType = InternalTypeInfo.of(type.getLogicalType());
    return new DataStreamScanProvider() {
      @Override
      public DataStream<RowData> produceDataStream(
          ProviderContext providerContext, StreamExecutionEnvironment env) {
        var stream = env.fromData(atLeastOne(), rowType).name(name).setParallelism(1);
        providerContext.generateUid(name).ifPresent(stream::uid);
        boolean none = rows.isEmpty();
        var known = stream.filter(row -> !none).name("known " + name).setParallelism(1);
        providerContext.generateUid("known " + name).ifPresent(known::uid);
        return known;
      }

      @Override
      public boolean isBounded() {
        return true;
      }
    };
  }

  /** Flink's source of data refuses an empty list. */
  private List<RowData> atLeastOne() {
    return rows.isEmpty() ? List.of(new GenericRowData(type.getChildren().size())) : rows;
  }

  @Override
  public DynamicTableSource copy() {
    return new KnownRows(rows, type, name);
  }

  @Override
  public String asSummaryString() {
    return name;
  }
}
