package io.millrace.records;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/** Type of a stream of one view's {@link FeatureVector}s. */
public final class FeatureVectorTypeInfo extends TypeInformation<FeatureVector> {
  private static final long serialVersionUID = 1L;

  private final FeatureSchema schema;

  public FeatureVectorTypeInfo(FeatureSchema schema) {
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
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return schema.entity().getFieldCount() + schema.values().getFieldCount();
  }

  @Override
  public Class<FeatureVector> getTypeClass() {
    return FeatureVector.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof FeatureVectorTypeInfo;
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
