package io.millrace.records;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializer of records of a {@link RecordTypeInfo}. They are not changed once they are emitted, so
 * copies are the record itself. Subclasses say how a record is written, and which serializers write
 * its parts: two are equal when these are.
 */
public abstract class RecordSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  /** The serializers of the parts, in the order in which the snapshot remembers them. */
  protected abstract TypeSerializer<?>[] parts();

  @Override
  public final boolean isImmutableType() {
    return true;
  }

  @Override
  public final T copy(T from) {
    return from;
  }

  @Override
  public final T copy(T from, T reuse) {
    return from;
  }

  @Override
  public final int getLength() {
    return -1;
  }

  @Override
  public final T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public final void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof RecordSerializer<?> that
        && getClass() == that.getClass()
        && Arrays.equals(parts(), that.parts());
  }

  @Override
  public final int hashCode() {
    return Arrays.hashCode(parts());
  }

  /** Remembers the serializers of the parts. Subclasses need a public constructor without them. */
  public abstract static class PartsSnapshot<T, S extends RecordSerializer<T>>
      extends CompositeTypeSerializerSnapshot<T, S> {

    /** For restoring. */
    protected PartsSnapshot() {}

    protected PartsSnapshot(S serializer) {
      super(serializer);
    }

    /** Of the written form, not of its parts. */
    @Override
    protected int getCurrentOuterSnapshotVersion() {
      return 1;
    }

    @Override
    protected final TypeSerializer<?>[] getNestedSerializers(S outer) {
      return outer.parts();
    }
  }
}
