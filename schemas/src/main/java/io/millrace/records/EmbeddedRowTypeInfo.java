package io.millrace.records;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/** Type of a stream of one embedding's {@link EmbeddedRow}s. */
public final class EmbeddedRowTypeInfo extends RecordTypeInfo<EmbeddedRow> {
  private static final long serialVersionUID = 1L;

  private final EmbeddingSchema schema;

  public EmbeddedRowTypeInfo(EmbeddingSchema schema) {
    super(EmbeddedRow.class);
    this.schema = schema;
  }

  public EmbeddingSchema schema() {
    return schema;
  }

  @Override
  public TypeSerializer<EmbeddedRow> createSerializer(SerializerConfig config) {
    return new EmbeddedRowSerializer(new RowDataSerializer(schema.carried()));
  }

  @Override
  public int getTotalFields() {
    return schema.carried().getFieldCount() + 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EmbeddedRowTypeInfo that && schema.equals(that.schema);
  }

  @Override
  public int hashCode() {
    return Objects.hash(schema);
  }

  @Override
  public String toString() {
    return "EmbeddedRow<" + schema.embedding() + ">";
  }
}
