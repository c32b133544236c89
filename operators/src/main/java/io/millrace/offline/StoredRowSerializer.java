package io.millrace.offline;

import io.millrace.records.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.types.StringValue;

/**
 * Writes a {@link StoredRow} as
 *
 * <pre>
 *   int   table
 *   int   route
 *   text  evolved          as Flink writes strings
 *   row   int length, then Flink's binary row, which holds the row's kind
 * </pre>
 *
 * <p>Only between operators: no state holds these rows. They are not changed once they are emitted,
 * so copies are the row itself.
 */
final class StoredRowSerializer extends RecordSerializer<StoredRow> {
  private static final long serialVersionUID = 1L;

  private final RowDataSerializer[] rows;

  StoredRowSerializer(RowDataSerializer[] rows) {
    this.rows = rows;
  }

  @Override
  protected TypeSerializer<?>[] parts() {
    return rows;
  }

  @Override
  public TypeSerializer<StoredRow> duplicate() {
    return new StoredRowSerializer(
        Arrays.stream(rows).map(RowDataSerializer::duplicate).toArray(RowDataSerializer[]::new));
  }

  @Override
  public StoredRow createInstance() {
    return new StoredRow(0, "", 0, null);
  }

  @Override
  public void serialize(StoredRow stored, DataOutputView target) throws IOException {
    target.writeInt(stored.table());
    target.writeInt(stored.route());
    StringValue.writeString(stored.evolved(), target);
    rows[stored.table()].serialize(stored.row(), target);
  }

  @Override
  public StoredRow deserialize(DataInputView source) throws IOException {
    int table = source.readInt();
    int route = source.readInt();
    String evolved = StringValue.readString(source);
    return new StoredRow(table, evolved, route, rows[table].deserialize(source));
  }

  @Override
  public TypeSerializerSnapshot<StoredRow> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Remembers the row types. */
  public static final class Snapshot extends PartsSnapshot<StoredRow, StoredRowSerializer> {

    public Snapshot() {}

    Snapshot(StoredRowSerializer serializer) {
      super(serializer);
    }

    @Override
    protected StoredRowSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new StoredRowSerializer(
          Arrays.stream(nested)
              .map(RowDataSerializer.class::cast)
              .toArray(RowDataSerializer[]::new));
    }
  }
}
