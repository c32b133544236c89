package io.millrace.records;

/**
 * Which row is which point: written to the topic of links whenever a point is, so that rows and
 * vectors can be joined both ways. A Flink POJO: no field falls to Kryo.
 *
 * @param key the row's key as a JSON object
 * @param tenant empty when there are none
 * @param pointId a UUID as text
 * @param chunk number of the piece of the row's text, from 0
 * @param contentHash of the text and the model, in hex
 * @param eventTimeMillis see {@link EmbeddedRow#eventTimeMillis}
 * @param deleted whether the point is no more
 */
public record LinkRecord(
    String source,
    String key,
    String tenant,
    String collection,
    String pointId,
    int chunk,
    String model,
    String contentHash,
    long eventTimeMillis,
    boolean deleted) {

  /** The link of a row's point. */
  public static LinkRecord of(EmbeddingSchema schema, EmbeddedRow row) {
    return new LinkRecord(
        schema.source(),
        row.key(),
        row.tenant(),
        schema.collection(),
        row.pointId().toString(),
        row.chunk(),
        row.model(),
        row.contentHash(),
        row.eventTimeMillis(),
        row.isDelete());
  }
}
