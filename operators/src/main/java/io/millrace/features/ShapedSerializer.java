package io.millrace.features;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What the serializers of the engine's state have in common: they write in one {@link StateShape}
 * and remember it in their snapshot.
 *
 * <p>State of another shape is read as such and converted when it is next used or written, see
 * {@link Head#remap} and {@link Chunk#remap}: state kept as objects stays what the serializer of
 * the savepoint made of it.
 */
abstract class ShapedSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  final StateShape shape;

  ShapedSerializer(StateShape shape) {
    this.shape = shape;
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  /** Without state of its own, a serializer serves all threads. */
  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other != null
        && getClass() == other.getClass()
        && shape.equals(((ShapedSerializer<?>) other).shape);
  }

  @Override
  public int hashCode() {
    return shape.hashCode();
  }

  /** Remembers the shape. Its version is that of the written form, and starts with 1. */
  abstract static class Snapshot<T> implements TypeSerializerSnapshot<T> {
    private StateShape shape;
    private int version;

    Snapshot() {}

    Snapshot(StateShape shape) {
      this.shape = shape;
      version = getCurrentVersion();
    }

    /** A serializer that reads the form of a version, and writes that of the newest one. */
    abstract TypeSerializer<T> serializer(StateShape of, int version);

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      shape.write(out);
    }

    @Override
    public void readSnapshot(int found, DataInputView in, ClassLoader classLoader)
        throws IOException {
      if (found < 1 || found > getCurrentVersion()) {
        throw new IOException(
            "feature state of format "
                + found
                + ", this release reads up to "
                + getCurrentVersion()
                + ": restore it with the release that wrote it or a later one");
      }
      version = found;
      shape = StateShape.read(in);
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return serializer(shape, version);
    }

    /**
     * @throws IllegalStateException when the state cannot become that of the present view
     */
    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> older) {
      if (older.getClass() != getClass()) {
        return TypeSerializerSchemaCompatibility.incompatible();
      }
      StateShape was = ((Snapshot<T>) older).shape;
      if (shape.equals(was) && version == ((Snapshot<T>) older).version) {
        return TypeSerializerSchemaCompatibility.compatibleAsIs();
      }
      String refusal = shape.refusal(was);
      if (refusal != null) {
        throw new IllegalStateException(refusal);
      }
      return TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }
  }
}
