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
 */
public record EmbeddingSchema(
    String embedding, String source, String collection, String tenantField, RowType payload)
    implements Serializable {

  public boolean hasTenants() {
    return !tenantField.isEmpty();
  }
}
