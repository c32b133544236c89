package io.millrace.sql.qdrant;

import io.millrace.records.EmbeddingSchema;
import io.millrace.vectors.QdrantSink;
import java.util.List;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * Writes rows as points, with what {@link QdrantSink} promises: nothing lost, replays without
 * effect, a newer version never overwritten by an older one, deleted points stay deleted.
 */
final class QdrantTableSink implements DynamicTableSink {

  private final QdrantTable table;

  QdrantTableSink(QdrantTable table) {
    this.table = table;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    return ChangelogMode.newBuilder()
        .addContainedKind(RowKind.INSERT)
        .addContainedKind(RowKind.UPDATE_AFTER)
        .addContainedKind(RowKind.DELETE)
        .build();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    RowType payload = RowPoints.payload(table);
    List<String> names = payload.getFieldNames();
    EmbeddingSchema schema =
        new EmbeddingSchema(
            table.name(), table.source(), table.reading().collection(), table.tenant(), payload);
    return SinkV2Provider.of(
        new QdrantRowSink(
            table.name(),
            new QdrantSink(table.writing(names), schema),
            new RowPoints(table),
            table.failing()));
  }

  @Override
  public DynamicTableSink copy() {
    return new QdrantTableSink(table);
  }

  @Override
  public String asSummaryString() {
    return "Qdrant " + table.reading().collection();
  }
}
