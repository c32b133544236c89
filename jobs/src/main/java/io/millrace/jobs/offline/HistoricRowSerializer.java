package io.millrace.jobs.offline;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
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
 *   row   int length, then Flink's binary row, which holds the row's kind
 * </pre>
 *
 * <p>A row is not changed once it is emitted, so copies are the row itself.
 */
public final class HistoricRowSerializer extends TypeSerializer<HistoricRow> {
  private static final long serialVersionUID = 1L;

  private final RowDataSerializer row;

  HistoricRowSerializer(RowDataSerializer row) {
    this.row = row;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<HistoricRow> duplicate() {
    return new HistoricRowSerializer((RowDataSerializer) row.duplicate());
  }

  @Override
  public HistoricRow createInstance() {
    return new HistoricRow(row.createInstance(), 0, 0);
  }

  @Override
  public HistoricRow copy(HistoricRow from) {
    return from;
  }

  @Override
  public HistoricRow copy(HistoricRow from, HistoricRow reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(HistoricRow historic, DataOutputView target) throws IOException {
    target.writeLong(historic.eventTimeMillis());
    target.writeLong(historic.sequence());
    row.serialize(historic.row(), target);
  }

  @Override
  public HistoricRow deserialize(DataInputView source) throws IOException {
    long eventTimeMillis = source.readLong();
    long sequence = source.readLong();
    return new HistoricRow(row.deserialize(source), eventTimeMillis, sequence);
  }

  @Override
  public HistoricRow deserialize(HistoricRow reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistoricRowSerializer that && row.equals(that.row);
  }

  @Override
  public int hashCode() {
    return row.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<HistoricRow> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Remembers the row type. */
  public static final class Snapshot
      extends CompositeTypeSerializerSnapshot<HistoricRow, HistoricRowSerializer> {

    public Snapshot() {}

    Snapshot(HistoricRowSerializer serializer) {
      super(serializer);
    }

    @Override
    protected int getCurrentOuterSnapshotVersion() {
      return 1;
    }

    @Override
    protected TypeSerializer<?>[] getNestedSerializers(HistoricRowSerializer outer) {
      return new TypeSerializer<?>[] {outer.row};
    }

    @Override
    protected HistoricRowSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new HistoricRowSerializer((RowDataSerializer) nested[0]);
    }
  }
}
