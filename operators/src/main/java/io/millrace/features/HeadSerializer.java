package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes a {@link Head} as follows, numbers as variable-length longs ({@link VarLong}), the signed
 * ones in zigzag:
 *
 * <pre>
 *   byte      flags       see the constants
 *   signed    hop
 *   signed    version     millis after the start of the hop         with HAS_VERSION
 *   unsigned  newest      millis of the newest event before version with HAS_EVENT
 *   signed    timer       hops after the hop                        with HAS_TIMER
 *   unsigned  retractions in the widest window, in the lifetime     with HAS_RETRACTIONS
 *   with HAS_TILES:
 *     unsigned  hops from each window's oldest tile to the hop, plus 1; 0: none
 *     cell      totals of each window
 *   with HAS_TILES or UNSETTLED:
 *     unsigned  number of tiles that follow, unless they are spread; then of each, oldest first
 *       unsigned  hops from the tile to the hop
 *       unsigned  rows taken back from it
 *       cell
 *     or 0: they are spread over chunks
 *       unsigned  number of words of a ring of chunks
 *       unsigned  words of the ring of chunks that exist; with UNSETTLED of the former shape
 *       unsigned  words of the ring of those that changed: with HAS_TILES, for partial totals
 *       signed    the oldest tile, in hops after the hop              with UNSETTLED
 *       unsigned  number of chunks that follow, none with SPILLED; then of each
 *         signed    its address
 *         chunk     see {@link ChunkSerializer}
 *   cell      lifetime totals, if the shape has any
 * </pre>
 *
 * <p>Version 1 knew no few tiles and is still read: with HAS_TILES the two rings, whose length is
 * that of the shape, came before the totals; with UNSETTLED the ring and the oldest tile came next;
 * then the chunks.
 */
final class HeadSerializer extends ShapedSerializer<Head> {
  private static final long serialVersionUID = 1L;

  private static final int HAS_VERSION = 1;
  private static final int HAS_EVENT = 1 << 1;
  private static final int HAS_TIMER = 1 << 2;
  private static final int HAS_RETRACTIONS = 1 << 3;
  private static final int HAS_TILES = 1 << 4;
  private static final int UNSETTLED = 1 << 5;
  private static final int PENDING = 1 << 6;
  private static final int SPILLED = 1 << 7;

  private static final Chunk[] NO_CHUNKS = {};

  private static final int VERSION = 2;

  /** The version that is read; only the newest one is written. */
  private final int version;

  HeadSerializer(StateShape shape) {
    this(shape, VERSION);
  }

  private HeadSerializer(StateShape shape, int version) {
    super(shape);
    this.version = version;
  }

  @Override
  public Head createInstance() {
    return new Head(shape);
  }

  @Override
  public Head copy(Head from) {
    return from.copy();
  }

  @Override
  public void serialize(Head any, DataOutputView out) throws IOException {
    Head head = any.shape == shape ? any : any.remap(shape);
    out.writeByte(flags(head));
    VarLong.writeSigned(head.hop, out);
    long start = head.hop * shape.hops().millis();
    if (head.versionMillis != Head.BEFORE_ALL) {
      VarLong.writeSigned(head.versionMillis - start, out);
    }
    if (head.newestEventMillis != Head.BEFORE_ALL) {
      VarLong.write(head.versionMillis - head.newestEventMillis, out);
    }
    if (head.timerMillis != Head.NONE) {
      VarLong.writeSigned(shape.hops().tile(head.timerMillis) - head.hop, out);
    }
    if (hasRetractions(head)) {
      VarLong.write(head.retractions, out);
      VarLong.write(head.lifetimeRetractions, out);
    }
    if (hasTiles(head)) {
      for (long tile : head.oldest) {
        VarLong.write(tile == Head.NONE ? 0 : head.hop - tile + 1, out);
      }
      for (int w = 0; w < shape.windows(); w++) {
        head.totals.write(w, out);
      }
    }
    if (hasTiles(head) || head.unsettled) {
      if (head.spread) {
        VarLong.write(0, out);
        writeChunks(head, out);
      } else {
        writeFew(head, out);
      }
    }
    if (shape.lifetime()) {
      head.totals.write(shape.lifetimeCell(), out);
    }
  }

  private static void writeFew(Head head, DataOutputView out) throws IOException {
    TileBlocks blocks = head.blocks;
    VarLong.write((blocks == null ? 0 : blocks.tiles()) + head.few.size() - head.firstFew, out);
    if (blocks != null) {
      for (int block = blocks.first(); block < blocks.end(); block++) {
        writeTiles(head.hop, blocks.block(block), blocks.firstCell(block), out);
      }
    }
    writeTiles(head.hop, head.few, head.firstFew, out);
  }

  private static void writeTiles(long hop, Cells tiles, int from, DataOutputView out)
      throws IOException {
    for (int cell = from; cell < tiles.size(); cell++) {
      VarLong.write(hop - FewTiles.tile(tiles, cell), out);
      VarLong.write(FewTiles.retractions(tiles, cell), out);
      tiles.write(cell, out);
    }
  }

  private void writeChunks(Head head, DataOutputView out) throws IOException {
    VarLong.write(head.occupied.length, out);
    writeWords(head.occupied, out);
    if (!head.unsettled && shape.hasPartials()) {
      writeWords(head.changed, out);
    }
    if (head.unsettled) {
      VarLong.writeSigned(head.settleFrom - head.hop, out);
    }
    // Of a spilled head each chunk is written by itself.
    Chunk[] chunks = head.spilled ? NO_CHUNKS : head.chunks.toArray();
    VarLong.write(chunks.length, out);
    for (Chunk chunk : chunks) {
      VarLong.writeSigned(chunk.address, out);
      ChunkSerializer.write(chunk, out);
    }
  }

  @Override
  public Head deserialize(DataInputView in) throws IOException {
    Head head = new Head(shape);
    int flags = in.readByte();
    head.hop = VarLong.readSigned(in);
    long start = head.hop * shape.hops().millis();
    if ((flags & HAS_VERSION) != 0) {
      head.versionMillis = start + VarLong.readSigned(in);
    }
    if ((flags & HAS_EVENT) != 0) {
      head.newestEventMillis = head.versionMillis - VarLong.read(in);
    }
    if ((flags & HAS_TIMER) != 0) {
      head.timerMillis = (head.hop + VarLong.readSigned(in)) * shape.hops().millis();
    }
    if ((flags & HAS_RETRACTIONS) != 0) {
      head.retractions = VarLong.read(in);
      head.lifetimeRetractions = VarLong.read(in);
    }
    if ((flags & HAS_TILES) != 0) {
      for (int w = 0; w < head.oldest.length; w++) {
        long hops = VarLong.read(in);
        head.oldest[w] = hops == 0 ? Head.NONE : head.hop - hops + 1;
      }
    }
    head.unsettled = (flags & UNSETTLED) != 0;
    if (version == 1) {
      readTilesOfVersion1(head, flags, in);
    } else {
      readTiles(head, flags, in);
    }
    head.spilled = (flags & SPILLED) != 0;
    if (shape.lifetime()) {
      head.totals.read(shape.lifetimeCell(), in);
    }
    head.pending = (flags & PENDING) != 0;
    return head;
  }

  private void readTiles(Head head, int flags, DataInputView in) throws IOException {
    if ((flags & HAS_TILES) != 0) {
      readTotals(head, in);
    }
    if ((flags & (HAS_TILES | UNSETTLED)) == 0) {
      return;
    }
    int count = (int) VarLong.read(in);
    if (count > 0) {
      head.few = FewTiles.withRoomFor(shape, count);
      head.tiles = count;
      for (int i = 0; i < count; i++) {
        long tile = head.hop - VarLong.read(in);
        int cell = FewTiles.append(head.few, tile, VarLong.read(in));
        head.few.read(cell, in);
      }
      return;
    }
    head.spread = true;
    head.occupied = readWords((int) VarLong.read(in), in);
    if ((flags & HAS_TILES) != 0 && shape.hasPartials()) {
      head.changed = readWords(head.occupied.length, in);
    }
    if (head.unsettled) {
      head.settleFrom = head.hop + VarLong.readSigned(in);
    }
    readChunks(head, in);
  }

  private void readTilesOfVersion1(Head head, int flags, DataInputView in) throws IOException {
    if ((flags & HAS_TILES) != 0) {
      head.occupied = readWords(shape.ringWords(), in);
      if (shape.hasPartials()) {
        head.changed = readWords(shape.ringWords(), in);
      }
      readTotals(head, in);
    }
    if (head.unsettled) {
      head.occupied = readWords((int) VarLong.read(in), in);
      head.settleFrom = head.hop + VarLong.readSigned(in);
    }
    if ((flags & (HAS_TILES | UNSETTLED)) != 0) {
      head.spread = true;
      readChunks(head, in);
    }
  }

  private void readTotals(Head head, DataInputView in) throws IOException {
    for (int w = 0; w < shape.windows(); w++) {
      head.totals.read(w, in);
    }
  }

  private void readChunks(Head head, DataInputView in) throws IOException {
    for (long chunks = VarLong.read(in); chunks > 0; chunks--) {
      long address = VarLong.readSigned(in);
      Chunk chunk = ChunkSerializer.read(shape, in);
      chunk.address = address;
      head.chunks.add(chunk);
    }
  }

  private static int flags(Head head) {
    return (head.versionMillis != Head.BEFORE_ALL ? HAS_VERSION : 0)
        | (head.newestEventMillis != Head.BEFORE_ALL ? HAS_EVENT : 0)
        | (head.timerMillis != Head.NONE ? HAS_TIMER : 0)
        | (hasRetractions(head) ? HAS_RETRACTIONS : 0)
        | (hasTiles(head) ? HAS_TILES : 0)
        | (head.unsettled ? UNSETTLED : 0)
        | (head.pending ? PENDING : 0)
        | (head.spilled ? SPILLED : 0);
  }

  private static boolean hasRetractions(Head head) {
    return (head.retractions | head.lifetimeRetractions) != 0;
  }

  private static boolean hasTiles(Head head) {
    return !head.unsettled && !head.windowsEmpty();
  }

  private static void writeWords(long[] words, DataOutputView out) throws IOException {
    for (long word : words) {
      VarLong.write(word, out);
    }
  }

  private static long[] readWords(int count, DataInputView in) throws IOException {
    long[] words = new long[count];
    for (int i = 0; i < count; i++) {
      words[i] = VarLong.read(in);
    }
    return words;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && version == ((HeadSerializer) other).version;
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + version;
  }

  @Override
  public TypeSerializerSnapshot<Head> snapshotConfiguration() {
    return new Snapshot(shape);
  }

  /** See {@link ShapedSerializer.Snapshot}. */
  public static final class Snapshot extends ShapedSerializer.Snapshot<Head> {
    public Snapshot() {}

    Snapshot(StateShape shape) {
      super(shape);
    }

    @Override
    public int getCurrentVersion() {
      return VERSION;
    }

    @Override
    TypeSerializer<Head> serializer(StateShape of, int version) {
      return new HeadSerializer(of, version);
    }
  }
}
