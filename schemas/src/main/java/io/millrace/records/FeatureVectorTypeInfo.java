package io.millrace.records;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/** Type of a stream of one view's {@link FeatureVector}s. */
public final class FeatureVectorTypeInfo extends RecordTypeInfo<FeatureVector> {
  private static final long serialVersionUID = 1L;

  private final FeatureSchema schema;

  public FeatureVectorTypeInfo(FeatureSchema schema) {
    super(FeatureVector.class);
    this.schema = schema;
  }

  public FeatureSchema schema() {
    return schema;
  }

  @Override
  public TypeSerializer<FeatureVector> createSerializer(SerializerConfig config) {
    return new FeatureVectorSerializer(
        new RowDataSerializer(schema.entity()), new RowDataSerializer(schema.values()));
  }

  @Override
  public int getTotalFields() {
    return schema.entity().getFieldCount() + schema.values().getFieldCount();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureVectorTypeInfo that && schema.equals(that.schema);
  }

  @Override
  public int hashCode() {
    return Objects.hash(schema);
  }

  @Override
  public String toString() {
    return "FeatureVector<" + schema.view() + ">";
  }
}
