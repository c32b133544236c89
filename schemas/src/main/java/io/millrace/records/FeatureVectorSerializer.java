package io.millrace.records;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/**
 * Writes a {@link FeatureVector} as
 *
 * <pre>
 *   byte  flags            bit 0: deleted, bit 1: has values
 *   long  eventTimeMillis  big-endian, as all numbers of Flink's data views
 *   long  revision
 *   row   entity           int length, then Flink's binary row
 *   row   values           only with bit 1
 * </pre>
 *
 * <p>A vector and its rows are not changed once they are emitted, so copies are the vector itself.
 */
public final class FeatureVectorSerializer extends RecordSerializer<FeatureVector> {
  private static final long serialVersionUID = 1L;
  private static final int DELETED = 1;
  private static final int HAS_VALUES = 2;

  private final RowDataSerializer entity;
  private final RowDataSerializer values;

  public FeatureVectorSerializer(RowDataSerializer entity, RowDataSerializer values) {
    this.entity = entity;
    this.values = values;
  }

  @Override
  protected TypeSerializer<?>[] parts() {
    return new TypeSerializer<?>[] {entity, values};
  }

  @Override
  public TypeSerializer<FeatureVector> duplicate() {
    return new FeatureVectorSerializer(
        (RowDataSerializer) entity.duplicate(), (RowDataSerializer) values.duplicate());
  }

  @Override
  public FeatureVector createInstance() {
    return new FeatureVector(entity.createInstance(), null, 0, 0, true);
  }

  @Override
  public void serialize(FeatureVector vector, DataOutputView target) throws IOException {
    RowData features = vector.values();
    target.writeByte((vector.deleted() ? DELETED : 0) | (features != null ? HAS_VALUES : 0));
    target.writeLong(vector.eventTimeMillis());
    target.writeLong(vector.revision());
    entity.serialize(vector.entity(), target);
    if (features != null) {
      values.serialize(features, target);
    }
  }

  @Override
  public FeatureVector deserialize(DataInputView source) throws IOException {
    int flags = source.readByte();
    long eventTimeMillis = source.readLong();
    long revision = source.readLong();
    RowData key = entity.deserialize(source);
    RowData features = (flags & HAS_VALUES) != 0 ? values.deserialize(source) : null;
    return new FeatureVector(key, features, eventTimeMillis, revision, (flags & DELETED) != 0);
  }

  @Override
  public TypeSerializerSnapshot<FeatureVector> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Remembers the two row types. */
  public static final class Snapshot extends PartsSnapshot<FeatureVector, FeatureVectorSerializer> {

    public Snapshot() {}

    Snapshot(FeatureVectorSerializer serializer) {
      super(serializer);
    }

    @Override
    protected FeatureVectorSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new FeatureVectorSerializer(
          (RowDataSerializer) nested[0], (RowDataSerializer) nested[1]);
    }
  }
}
