package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.hasId;
import static io.qdrant.client.ConditionFactory.match;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.ValueFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.PointsUpdateOperation;
import io.qdrant.client.grpc.Points.PointsUpdateOperation.DeletePayload;
import io.qdrant.client.grpc.Points.PointsUpdateOperation.SetPayload;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes into points who represents their rows: the payload field {@value #FIELD}.
 *
 * <p>A mark is meant for one version of a point. It leaves the version and everything else as it
 * is, and passes by a point that was written anew or deleted since: the new version brings a mark
 * of its own. So points stay guarded by their versions, and marks may be repeated. Everything is
 * acknowledged before a checkpoint completes; an outage is waited for as writes of points do.
 */
public final class DuplicateMarks implements Sink<DuplicateMark>, Serializable {
  private static final long serialVersionUID = 1L;

  /** Key of the row that represents this one, as a JSON object; absent where none does. */
  public static final String FIELD = "duplicate_of";

  private static final int BATCH = 128;
  private static final long LINGER_MILLIS = 200;

  private final QdrantAddress address;
  private final Duration patience;
  private final String collection;
  private final String embedding;

  /**
   * @throws IllegalArgumentException if the address is malformed
   */
  public DuplicateMarks(QdrantSpec spec, EmbeddingSchema schema) {
    this.address = QdrantAddress.of(spec);
    this.patience = spec.patience();
    this.collection = schema.collection();
    this.embedding = schema.embedding();
  }

  @Override
  public SinkWriter<DuplicateMark> createWriter(WriterInitContext context) {
    return new Writer(context.getProcessingTimeService());
  }

  SinkWriter<DuplicateMark> createWriter(ProcessingTimeService time) {
    return new Writer(time);
  }

  /** Of several marks of a point the last one is written. */
  private final class Writer implements SinkWriter<DuplicateMark> {
    private final QdrantLink link = new QdrantLink(address);
    private final QdrantPatience requests =
        new QdrantPatience(address, patience, embedding, () -> {});
    private final ProcessingTimeService time;
    private final Map<String, DuplicateMark> waiting = new LinkedHashMap<>();
    private boolean timerSet;
    private boolean closed;

    Writer(ProcessingTimeService time) {
      this.time = time;
    }

    @Override
    public void write(DuplicateMark mark, Context context)
        throws IOException, InterruptedException {
      waiting.put(mark.id(), mark);
      if (waiting.size() >= BATCH) {
        flush(false);
      } else if (!timerSet) {
        timerSet = true;
        time.registerTimer(
            time.getCurrentProcessingTime() + LINGER_MILLIS,
            now -> {
              timerSet = false;
              if (!closed) {
                flush(false);
              }
            });
      }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      if (waiting.isEmpty()) {
        return;
      }
      List<PointsUpdateOperation> operations =
          waiting.values().stream().map(Writer::operation).toList();
      try {
        requests.send(
            () ->
                link.call(
                    client -> client.batchUpdateAsync(collection, operations, true, null, null)));
      } catch (QdrantFailure refused) {
        throw new IOException(
            "%s refused to mark duplicates in '%s': %s"
                .formatted(address, collection, refused.getMessage()),
            refused);
      }
      waiting.clear();
    }

    private static PointsUpdateOperation operation(DuplicateMark mark) {
      PointsSelector point =
          PointsSelector.newBuilder()
              .setFilter(
                  Filter.newBuilder()
                      .addMust(hasId(PointIdFactory.id(UUID.fromString(mark.id()))))
                      .addMust(match(PointFields.VERSION, mark.version())))
              .build();
      return mark.duplicateOf().isEmpty()
          ? PointsUpdateOperation.newBuilder()
              .setDeletePayload(DeletePayload.newBuilder().addKeys(FIELD).setPointsSelector(point))
              .build()
          : PointsUpdateOperation.newBuilder()
              .setSetPayload(
                  SetPayload.newBuilder()
                      .putPayload(FIELD, ValueFactory.value(mark.duplicateOf()))
                      .setPointsSelector(point))
              .build();
    }

    @Override
    public void close() {
      closed = true;
      link.close();
    }
  }
}
