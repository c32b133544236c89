package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import io.millrace.records.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * One byte of flags and the time, then what there is of row, dead letter, drift and position.
 *
 * <pre>
 * +-------+---------------+---------+-----------------+-----------+------------------------------------+
 * | flags | time, 8 bytes | row ... | dead letter ... | drift ... | partition, 4 bytes, offset, 8 bytes |
 * +-------+---------------+---------+-----------------+-----------+------------------------------------+
 * flags: 1 row, 2 snapshot, 4 counted, 8 dead letter, 16 drift, 32 timed, 64 position
 * </pre>
 *
 * <p>Copying hands out the same object: it is immutable. Not a format of state: records are between
 * operators, and in channels of unaligned checkpoints, only while one version of the code runs.
 */
final class IngestedSerializer extends RecordSerializer<Ingested> {

  private static final long serialVersionUID = 1L;
  private static final int ROW = 1;
  private static final int SNAPSHOT = 2;
  private static final int COUNTED = 4;
  private static final int DEAD_LETTER = 8;
  private static final int DRIFT = 16;
  private static final int TIMED = 32;
  private static final int POSITION = 64;

  private final TypeSerializer<RowData> rows;
  private final TypeSerializer<DeadLetter> deadLetters;
  private final DriftFormat drifts;

  IngestedSerializer(
      TypeSerializer<RowData> rows,
      TypeSerializer<DeadLetter> deadLetters,
      TypeSerializer<DeadLetter.Coordinates> coordinates) {
    this.rows = rows;
    this.deadLetters = deadLetters;
    this.drifts = new DriftFormat(coordinates);
  }

  @Override
  protected TypeSerializer<?>[] parts() {
    return new TypeSerializer<?>[] {rows, deadLetters, drifts.coordinates()};
  }

  @Override
  public TypeSerializer<Ingested> duplicate() {
    return new IngestedSerializer(
        rows.duplicate(), deadLetters.duplicate(), drifts.coordinates().duplicate());
  }

  @Override
  public Ingested createInstance() {
    return null;
  }

  @Override
  public void serialize(Ingested ingested, DataOutputView target) throws IOException {
    int flags =
        (ingested.isRow() ? ROW : 0)
            | (ingested.snapshot() ? SNAPSHOT : 0)
            | (ingested.counted() ? COUNTED : 0)
            | (ingested.isDeadLetter() ? DEAD_LETTER : 0)
            | (ingested.drift() != null ? DRIFT : 0)
            | (ingested.timed() ? TIMED : 0)
            | (ingested.position() != null ? POSITION : 0);
    target.writeByte(flags);
    target.writeLong(ingested.eventTimeMillis());
    if (ingested.isRow()) {
      rows.serialize(ingested.row(), target);
    }
    if (ingested.isDeadLetter()) {
      deadLetters.serialize(ingested.deadLetter(), target);
    }
    if (ingested.drift() != null) {
      drifts.write(ingested.drift(), target);
    }
    if (ingested.position() != null) {
      target.writeInt(ingested.position().partition());
      target.writeLong(ingested.position().offset());
    }
  }

  @Override
  public Ingested deserialize(DataInputView source) throws IOException {
    int flags = source.readByte();
    long eventTimeMillis = source.readLong();
    RowData row = (flags & ROW) != 0 ? rows.deserialize(source) : null;
    DeadLetter letter = (flags & DEAD_LETTER) != 0 ? deadLetters.deserialize(source) : null;
    Drift drift = (flags & DRIFT) != 0 ? drifts.read(source) : null;
    Position position =
        (flags & POSITION) != 0 ? new Position(source.readInt(), source.readLong()) : null;
    return new Ingested(
        row,
        letter,
        drift,
        eventTimeMillis,
        (flags & TIMED) != 0,
        (flags & SNAPSHOT) != 0,
        (flags & COUNTED) != 0,
        position);
  }

  @Override
  public TypeSerializerSnapshot<Ingested> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Snapshot of the nested serializers. */
  public static final class Snapshot extends PartsSnapshot<Ingested, IngestedSerializer> {

    private static final int VERSION = 2;

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
    @SuppressWarnings("unchecked")
    protected IngestedSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new IngestedSerializer(
          (TypeSerializer<RowData>) nested[0],
          (TypeSerializer<DeadLetter>) nested[1],
          (TypeSerializer<DeadLetter.Coordinates>) nested[2]);
    }
  }
}
