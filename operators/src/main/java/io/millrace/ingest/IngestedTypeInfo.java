package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import io.millrace.records.RecordTypeInfo;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/** Type of {@link Ingested} with rows of one row type. */
public final class IngestedTypeInfo extends RecordTypeInfo<Ingested> {

  private static final long serialVersionUID = 1L;

  private final RowType rowType;

  public IngestedTypeInfo(RowType rowType) {
    super(Ingested.class);
    this.rowType = Objects.requireNonNull(rowType);
  }

  @Override
  public TypeSerializer<Ingested> createSerializer(SerializerConfig config) {
    return new IngestedSerializer(
        InternalTypeInfo.of(rowType).createSerializer(config),
        TypeInformation.of(DeadLetter.class).createSerializer(config),
        TypeInformation.of(DeadLetter.Coordinates.class).createSerializer(config));
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public String toString() {
    return "Ingested<" + rowType.asSummaryString() + ">";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IngestedTypeInfo that && that.rowType.equals(rowType);
  }

  @Override
  public int hashCode() {
    return rowType.hashCode();
  }
}
