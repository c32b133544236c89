package io.millrace.jobs.offline;

import io.millrace.ingest.Position;
import io.millrace.records.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/**
 * Writes a {@link HistoricRow} as
 *
 * <pre>
 *   long  eventTimeMillis
 *   long  sequence
 *   int   partition, -1 when there is no position
 *   long  offset, only with a partition
 *   row   int length, then Flink's binary row, which holds the row's kind
 * </pre>
 *
 * <p>A row is not changed once it is emitted, so copies are the row itself.
 */
public final class HistoricRowSerializer extends RecordSerializer<HistoricRow> {
  private static final long serialVersionUID = 1L;
  private static final int NOWHERE = -1;

  private final RowDataSerializer row;

  HistoricRowSerializer(RowDataSerializer row) {
    this.row = row;
  }

  @Override
  protected TypeSerializer<?>[] parts() {
    return new TypeSerializer<?>[] {row};
  }

  @Override
  public TypeSerializer<HistoricRow> duplicate() {
    return new HistoricRowSerializer((RowDataSerializer) row.duplicate());
  }

  @Override
  public HistoricRow createInstance() {
    return new HistoricRow(row.createInstance(), 0, 0, null);
  }

  @Override
  public void serialize(HistoricRow historic, DataOutputView target) throws IOException {
    target.writeLong(historic.eventTimeMillis());
    target.writeLong(historic.sequence());
    Position position = historic.position();
    target.writeInt(position == null ? NOWHERE : position.partition());
    if (position != null) {
      target.writeLong(position.offset());
    }
    row.serialize(historic.row(), target);
  }

  @Override
  public HistoricRow deserialize(DataInputView source) throws IOException {
    long eventTimeMillis = source.readLong();
    long sequence = source.readLong();
    int partition = source.readInt();
    Position position = partition == NOWHERE ? null : new Position(partition, source.readLong());
    return new HistoricRow(row.deserialize(source), eventTimeMillis, sequence, position);
  }

  @Override
  public TypeSerializerSnapshot<HistoricRow> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Remembers the row type. */
  public static final class Snapshot extends PartsSnapshot<HistoricRow, HistoricRowSerializer> {

    public Snapshot() {}

    Snapshot(HistoricRowSerializer serializer) {
      super(serializer);
    }

    @Override
    protected HistoricRowSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new HistoricRowSerializer((RowDataSerializer) nested[0]);
    }
  }
}
