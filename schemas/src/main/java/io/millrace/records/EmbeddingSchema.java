package io.millrace.records;

import java.io.Serializable;
import org.apache.flink.table.types.logical.RowType;

/**
 * What the rows of one embedding have in common.
 *
 * @param embedding its name in the pipeline file
 * @param source name of the source
 * @param collection where the points go
 * @param tenantField field that names the tenant; empty when there are none
 * @param payload names and types of the fields that points carry
 * @param carried those of {@link EmbeddedRow#payload}: first the payload's, then fields that
 *     operators need and no point shows
 */
public record EmbeddingSchema(
    String embedding,
    String source,
    String collection,
    String tenantField,
    RowType payload,
    RowType carried)
    implements Serializable {

  public EmbeddingSchema {
    int shown = payload.getFieldCount();
    if (carried.getFieldCount() < shown
        || !carried.getFields().subList(0, shown).equals(payload.getFields())) {
      throw new IllegalArgumentException(
          "carried fields begin with the payload, but %s with %s"
              .formatted(payload.getFieldNames(), carried.getFieldNames()));
    }
  }

  /** Of rows that carry what points show. */
  public EmbeddingSchema(
      String embedding, String source, String collection, String tenantField, RowType payload) {
    this(embedding, source, collection, tenantField, payload, payload);
  }

  public boolean hasTenants() {
    return !tenantField.isEmpty();
  }
}
