package io.millrace.records;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/**
 * Writes an {@link EmbeddedRow} as
 *
 * <pre>
 *   byte   kind        0 upsert, 1 delete
 *   long   pointId     high half, then low half; big-endian, as all numbers of Flink's data views
 *   long
 *   text   key         int length, then UTF-8
 *   text   tenant
 *   int    chunk
 *   long   version
 *                      the rest only for upserts
 *   text   model
 *   text   contentHash
 *   text   text
 *   int    dimension
 *   int... vector      bits of the floats
 *   row    payload     int length, then Flink's binary row
 * </pre>
 *
 * <p>Rows are not changed once they are emitted, so copies are the row itself.
 */
public final class EmbeddedRowSerializer extends RecordSerializer<EmbeddedRow> {
  private static final long serialVersionUID = 1L;
  private static final int UPSERT = 0;
  private static final int DELETE = 1;

  private final RowDataSerializer payload;

  public EmbeddedRowSerializer(RowDataSerializer payload) {
    this.payload = payload;
  }

  @Override
  protected TypeSerializer<?>[] parts() {
    return new TypeSerializer<?>[] {payload};
  }

  @Override
  public TypeSerializer<EmbeddedRow> duplicate() {
    return new EmbeddedRowSerializer((RowDataSerializer) payload.duplicate());
  }

  @Override
  public EmbeddedRow createInstance() {
    return EmbeddedRow.delete(new UUID(0, 0), "", "", 0, 0);
  }

  @Override
  public void serialize(EmbeddedRow row, DataOutputView target) throws IOException {
    target.writeByte(row.isDelete() ? DELETE : UPSERT);
    target.writeLong(row.pointId().getMostSignificantBits());
    target.writeLong(row.pointId().getLeastSignificantBits());
    writeText(row.key(), target);
    writeText(row.tenant(), target);
    target.writeInt(row.chunk());
    target.writeLong(row.version());
    if (!row.isDelete()) {
      writeText(row.model(), target);
      writeText(row.contentHash(), target);
      writeText(row.text(), target);
      target.writeInt(row.vector().length);
      for (float value : row.vector()) {
        target.writeInt(Float.floatToRawIntBits(value));
      }
      payload.serialize(row.payload(), target);
    }
  }

  @Override
  public EmbeddedRow deserialize(DataInputView source) throws IOException {
    boolean delete = source.readByte() == DELETE;
    UUID pointId = new UUID(source.readLong(), source.readLong());
    String key = readText(source);
    String tenant = readText(source);
    int chunk = source.readInt();
    long version = source.readLong();
    if (delete) {
      return EmbeddedRow.delete(pointId, key, tenant, chunk, version);
    }
    String model = readText(source);
    String contentHash = readText(source);
    String text = readText(source);
    float[] vector = new float[source.readInt()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Float.intBitsToFloat(source.readInt());
    }
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        pointId,
        key,
        tenant,
        chunk,
        model,
        contentHash,
        version,
        text,
        vector,
        payload.deserialize(source));
  }

  private static void writeText(String text, DataOutputView target) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static String readText(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public TypeSerializerSnapshot<EmbeddedRow> snapshotConfiguration() {
    return new Snapshot(this);
  }

  /** Remembers the type of the payload. */
  public static final class Snapshot extends PartsSnapshot<EmbeddedRow, EmbeddedRowSerializer> {

    public Snapshot() {}

    Snapshot(EmbeddedRowSerializer serializer) {
      super(serializer);
    }

    @Override
    protected EmbeddedRowSerializer createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      return new EmbeddedRowSerializer((RowDataSerializer) nested[0]);
    }
  }
}
