package io.millrace.sql.qdrant;

import io.millrace.records.EmbeddedRow;
import io.millrace.vectors.QdrantSink;
import io.millrace.vectors.RefusedPoints;
import java.io.IOException;
import java.time.Clock;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link QdrantSink} of rows. Rows that are no points, and points that Qdrant refuses, are left
 * out and counted by the metric {@value #REFUSED}, or fail the job, as the table says.
 */
final class QdrantRowSink implements Sink<RowData> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(QdrantRowSink.class);

  static final String REFUSED = "refused_rows";

  private final String table;
  private final QdrantSink sink;
  private final RowPoints points;
  private final boolean failing;

  QdrantRowSink(String table, QdrantSink sink, RowPoints points, boolean failing) {
    this.table = table;
    this.sink = sink;
    this.points = points;
    this.failing = failing;
  }

  @Override
  public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
    return new Writer(context);
  }

  private final class Writer implements SinkWriter<RowData> {
    private final SinkWriter<EmbeddedRow> writer;
    private final Counter refused;

    Writer(WriterInitContext context) {
      refused = context.metricGroup().counter(REFUSED);
      RefusedPoints handler = (row, why) -> refuse("key " + row.key() + ": " + why);
      writer = sink.handing(handler).createWriter(context);
    }

    @Override
    public void write(RowData row, Context context) throws IOException, InterruptedException {
      if (row.getRowKind() == RowKind.UPDATE_BEFORE) {
        return;
      }
      EmbeddedRow point;
      try {
        point = points.point(row, Clock.systemUTC());
      } catch (RowPoints.Refusal refusal) {
        refuse(refusal.getMessage());
        return;
      }
      writer.write(point, context);
    }

    private void refuse(String why) {
      if (failing) {
        throw new IllegalArgumentException(
            "table %s, %s. Leave such rows out, or set 'refused-rows' = 'skip'"
                .formatted(table, why));
      }
      if (refused.getCount() == 0) {
        LOG.warn("table {} leaves out a row: {}", table, why);
      }
      refused.inc();
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      writer.flush(endOfInput);
    }

    @Override
    public void close() throws Exception {
      writer.close();
    }
  }
}
