package io.millrace.records;

import java.io.Serializable;
import org.apache.flink.table.types.logical.RowType;

/**
 * Names and types of a view's feature vectors.
 *
 * @param entity the entity's fields
 * @param values one field per feature
 */
public record FeatureSchema(String view, RowType entity, RowType values) implements Serializable {}
