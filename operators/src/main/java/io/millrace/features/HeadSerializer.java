package io.millrace.features;

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
 *     unsigned  words of the ring of chunks that exist
 *     unsigned  words of the ring of chunks that changed, if the shape has partial totals
 *     cell      totals of each window
 *   with UNSETTLED:
 *     unsigned  number of words, then the words of the former shape's ring
 *     signed    the oldest tile, in hops after the hop
 *   with HAS_TILES or UNSETTLED:
 *     unsigned  number of chunks that follow, none with SPILLED; then of each
 *       signed    its address
 *       chunk     see {@link ChunkSerializer}
 *   cell      lifetime totals, if the shape has any
 * </pre>
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

  HeadSerializer(StateShape shape) {
    super(shape);
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
      writeWords(head.occupied, out);
      if (shape.hasPartials()) {
        writeWords(head.changed, out);
      }
      for (int w = 0; w < shape.windows(); w++) {
        head.totals.write(w, out);
      }
    }
    if (head.unsettled) {
      VarLong.write(head.occupied.length, out);
      writeWords(head.occupied, out);
      VarLong.writeSigned(head.settleFrom - head.hop, out);
    }
    if (hasTiles(head) || head.unsettled) {
      // Of a spilled head each chunk is written by itself.
      Chunk[] chunks = head.spilled ? NO_CHUNKS : head.chunks.toArray();
      VarLong.write(chunks.length, out);
      for (Chunk chunk : chunks) {
        VarLong.writeSigned(chunk.address, out);
        ChunkSerializer.write(chunk, out);
      }
    }
    if (shape.lifetime()) {
      head.totals.write(shape.lifetimeCell(), out);
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
      readWords(head.occupied, in);
      if (shape.hasPartials()) {
        readWords(head.changed, in);
      }
      for (int w = 0; w < shape.windows(); w++) {
        head.totals.read(w, in);
      }
    }
    if ((flags & UNSETTLED) != 0) {
      head.unsettled = true;
      head.occupied = new long[(int) VarLong.read(in)];
      readWords(head.occupied, in);
      head.settleFrom = head.hop + VarLong.readSigned(in);
    }
    if ((flags & (HAS_TILES | UNSETTLED)) != 0) {
      for (long chunks = VarLong.read(in); chunks > 0; chunks--) {
        long address = VarLong.readSigned(in);
        Chunk chunk = ChunkSerializer.read(shape, in);
        chunk.address = address;
        head.chunks.add(chunk);
      }
    }
    head.spilled = (flags & SPILLED) != 0;
    if (shape.lifetime()) {
      head.totals.read(shape.lifetimeCell(), in);
    }
    head.pending = (flags & PENDING) != 0;
    return head;
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

  private static void readWords(long[] words, DataInputView in) throws IOException {
    for (int i = 0; i < words.length; i++) {
      words[i] = VarLong.read(in);
    }
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
    TypeSerializer<Head> serializer(StateShape of) {
      return new HeadSerializer(of);
    }
  }
}
