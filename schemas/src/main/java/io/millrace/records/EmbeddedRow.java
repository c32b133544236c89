package io.millrace.records;

import java.util.UUID;
import org.apache.flink.table.data.RowData;

/**
 * A row as a point of a vector collection, or the end of one. What all rows of a stream have in
 * common stands in its {@link EmbeddingSchema}.
 *
 * <p>The version orders all changes of one point: it is greater with every change, whatever their
 * times. A store that keeps the greater one ends the same whatever it has seen before, in whatever
 * order.
 *
 * @param pointId see {@link PointIds}
 * @param key the row's key as a JSON object
 * @param tenant whose point it is; empty when the embedding has no tenants
 * @param chunk number of the piece of the row's text, from 0; always 0 without chunks
 * @param model id of the model whose vector this is; empty when deleted
 * @param contentHash of the text and the model, in hex; empty when deleted
 * @param version microseconds since 1970: the event time, moved on where several changes of a key
 *     fall into a millisecond or come with an older time. Below 2^53.
 * @param text what was embedded; empty when deleted
 * @param vector null when deleted; not to be changed
 * @param payload a row of {@link EmbeddingSchema#carried()}; null when deleted
 */
public record EmbeddedRow(
    Kind kind,
    UUID pointId,
    String key,
    String tenant,
    int chunk,
    String model,
    String contentHash,
    long version,
    String text,
    float[] vector,
    RowData payload) {

  /** What becomes of the point. */
  public enum Kind {
    UPSERT,
    DELETE
  }

  public static EmbeddedRow delete(
      UUID pointId, String key, String tenant, int chunk, long version) {
    return new EmbeddedRow(
        Kind.DELETE, pointId, key, tenant, chunk, "", "", version, "", null, null);
  }

  public boolean isDelete() {
    return kind == Kind.DELETE;
  }

  /** Event time of the row, or a few milliseconds later, see {@link #version}. */
  public long eventTimeMillis() {
    return Math.floorDiv(version, 1000L);
  }
}
