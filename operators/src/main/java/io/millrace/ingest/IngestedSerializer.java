package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * One byte of flags, then the event time (8 bytes) and the row, or the dead letter.
 *
 * <pre>
 * +-------+---------------------+---------+        +-------+-------------+
 * | flags | event time, 8 bytes | row ... |   or   | flags | dead letter |
 * +-------+---------------------+---------+        +-------+-------------+
 * flags: 1 row, 2 snapshot, 4 counted
 * </pre>
 *
 * <p>Copying hands out the same object: it is immutable.
 */
final class IngestedSerializer extends TypeSerializer<Ingested> {

  private static final long serialVersionUID = 1L;
  private static final int ROW = 1;
  private static final int SNAPSHOT = 2;
  private static final int COUNTED = 4;

  private final TypeSerializer<RowData> rows;
  private final TypeSerializer<DeadLetter> deadLetters;

  IngestedSerializer(TypeSerializer<RowData> rows, TypeSerializer<DeadLetter> deadLetters) {
    this.rows = rows;
    this.deadLetters = deadLetters;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<Ingested> duplicate() {
    return new IngestedSerializer(rows.duplicate(), deadLetters.duplicate());
  }

  @Override
  public Ingested createInstance() {
    return null;
  }

  @Override
  public Ingested copy(Ingested from) {
    return from;
  }

  @Override
  public Ingested copy(Ingested from, Ingested reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(Ingested ingested, DataOutputView target) throws IOException {
    int flags =
        (ingested.isRow() ? ROW : 0)
            | (ingested.snapshot() ? SNAPSHOT : 0)
            | (ingested.counted() ? COUNTED : 0);
    target.writeByte(flags);
    if (ingested.isRow()) {
      target.writeLong(ingested.eventTimeMillis());
      rows.serialize(ingested.row(), target);
    } else {
      deadLetters.serialize(ingested.deadLetter(), target);
    }
  }

  @Override
  public Ingested deserialize(DataInputView source) throws IOException {
    int flags = source.readByte();
    boolean snapshot = (flags & SNAPSHOT) != 0;
    boolean counted = (flags & COUNTED) != 0;
    if ((flags & ROW) != 0) {
      long eventTimeMillis = source.readLong();
      return new Ingested(rows.deserialize(source), null, eventTimeMillis, snapshot, counted);
    }
    DeadLetter letter = deadLetters.deserialize(source);
    return new Ingested(null, letter, letter.timeMillis(), snapshot, counted);
  }

  @Override
  public Ingested deserialize(Ingested reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IngestedSerializer that
        && that.rows.equals(rows)
        && that.deadLetters.equals(deadLetters);
  }

  @Override
  public int hashCode() {
    return 31 * rows.hashCode() + deadLetters.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<Ingested> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Snapshot of the two nested serializers. */
  public static final class Snapshot
      extends CompositeTypeSerializerSnapshot<Ingested, IngestedSerializer> {

    private static final int VERSION = 1;

    /** For restoring. */
    public Snapshot() {}

    Snapshot(IngestedSerializer serializer) {
      super(serializer);
    }

    @Override
    protected int getCurrentOuterSnapshotVersion() {
      return VERSION;
    }

    @Override
    protected TypeSerializer<?>[] getNestedSerializers(IngestedSerializer outer) {
      return new TypeSerializer<?>[] {outer.rows, outer.deadLetters};
    }

    @Override
    @SuppressWarnings("unchecked")
    protected IngestedSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new IngestedSerializer(
          (TypeSerializer<RowData>) nested[0], (TypeSerializer<DeadLetter>) nested[1]);
    }
  }
}
