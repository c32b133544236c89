package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes a {@link Chunk} as
 *
 * <pre>
 *   byte   flags        WITH_TOTAL, HAS_RETRACTIONS
 *   long   mask         big-endian; bit i: cell i follows
 *   cells               of the mask's bits, lowest first, then the total with WITH_TOTAL
 *   retractions         one unsigned variable-length long per bit, with HAS_RETRACTIONS
 * </pre>
 */
final class ChunkSerializer extends ShapedSerializer<Chunk> {
  private static final long serialVersionUID = 1L;

  private static final int WITH_TOTAL = 1;
  private static final int HAS_RETRACTIONS = 1 << 1;

  ChunkSerializer(StateShape shape) {
    super(shape);
  }

  @Override
  public Chunk createInstance() {
    return Chunk.ofTiles(shape);
  }

  @Override
  public Chunk copy(Chunk from) {
    return from.copy();
  }

  @Override
  public void serialize(Chunk any, DataOutputView out) throws IOException {
    write(any.remap(shape), out);
  }

  static void write(Chunk chunk, DataOutputView out) throws IOException {
    int[] retractions = chunk.retractions();
    out.writeByte(
        (chunk.withTotal() ? WITH_TOTAL : 0) | (retractions != null ? HAS_RETRACTIONS : 0));
    out.writeLong(chunk.mask());
    Cells cells = chunk.cells();
    for (int cell = 0; cell < cells.size(); cell++) {
      cells.write(cell, out);
    }
    if (retractions != null) {
      for (long rest = chunk.mask(); rest != 0; rest &= rest - 1) {
        VarLong.write(retractions[Long.numberOfTrailingZeros(rest)], out);
      }
    }
  }

  @Override
  public Chunk deserialize(DataInputView in) throws IOException {
    return read(shape, in);
  }

  static Chunk read(StateShape shape, DataInputView in) throws IOException {
    int flags = in.readByte();
    long mask = in.readLong();
    boolean withTotal = (flags & WITH_TOTAL) != 0;
    Cells cells = Cells.empty(shape.layout(), Long.bitCount(mask) + (withTotal ? 1 : 0));
    for (int cell = 0; cell < cells.size(); cell++) {
      cells.read(cell, in);
    }
    int[] retractions = null;
    if ((flags & HAS_RETRACTIONS) != 0) {
      retractions = new int[64];
      for (long rest = mask; rest != 0; rest &= rest - 1) {
        retractions[Long.numberOfTrailingZeros(rest)] = (int) VarLong.read(in);
      }
    }
    return Chunk.restored(shape, withTotal, mask, cells, retractions);
  }

  @Override
  public TypeSerializerSnapshot<Chunk> snapshotConfiguration() {
    return new Snapshot(shape);
  }

  /** See {@link ShapedSerializer.Snapshot}. */
  public static final class Snapshot extends ShapedSerializer.Snapshot<Chunk> {
    public Snapshot() {}

    Snapshot(StateShape shape) {
      super(shape);
    }

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    TypeSerializer<Chunk> serializer(StateShape of, int version) {
      return new ChunkSerializer(of);
    }
  }
}
