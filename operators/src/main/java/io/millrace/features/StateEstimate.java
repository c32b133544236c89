package io.millrace.features;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * How much state a view keeps per key, found by running the engine for one key over made-up rows
 * and serializing what it keeps, as RocksDB and checkpoints do. Not counted: the key itself, which
 * is stored beside the head and, for busy keys, beside each chunk of 64 tiles, and what the state
 * backend adds.
 *
 * <p>Real data differs: numbers far apart take more bytes than the made-up ones between 0 and 500,
 * and so do texts longer than their 8 letters; aggregates that keep values (first, last_k, top_k,
 * quantile, approx_distinct) grow with the rows of a tile, up to their bound.
 *
 * @param tiles of the widest window; 0 when there are no windows
 * @param quietBytes of a key with a single row
 * @param busyBytes of a key with one row in every tile of the widest window
 */
public record StateEstimate(long tiles, long quietBytes, long busyBytes) {

  /** Tiles that are really filled; longer windows are extrapolated from them. */
  private static final long SIMULATED_TILES = 2_048;

  /**
   * Estimates the state of an aggregating view. Costs some milliseconds.
   *
   * @param projected type of the rows, as for {@link FeaturePlan#bind}
   */
  public static StateEstimate of(FeaturePlan plan, RowType projected) {
    StateShape shape = StateShape.of(plan);
    long tiles = shape.widest();
    long simulated = Math.max(1, Math.min(tiles, SIMULATED_TILES));
    try {
      Bytes quiet = run(shape, projected, 1);
      Bytes busy = run(shape, projected, simulated);
      double scale = tiles <= simulated ? 1 : (double) tiles / simulated;
      return new StateEstimate(
          tiles, quiet.head + quiet.chunks, busy.head + Math.round(busy.chunks * scale));
    } catch (Exception broken) {
      throw new IllegalStateException("cannot estimate the state of view " + shape.view(), broken);
    }
  }

  /** The state of a view of the newest row, the same for every key. */
  public static StateEstimate ofLatest() {
    DataOutputSerializer out = new DataOutputSerializer(64);
    try {
      TypeInformation.of(LatestVersion.class)
          .createSerializer(new SerializerConfigImpl())
          .serialize(new LatestVersion(1_700_000_000_000L, 1_000, false, false), out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new StateEstimate(0, out.length(), out.length());
  }

  private record Bytes(long head, long chunks) {}

  private static Bytes run(StateShape shape, RowType rows, long tiles) throws Exception {
    FeatureEngine engine = new FeatureEngine(shape);
    Kept kept = new Kept();
    Head head = engine.open(null, kept);
    for (long tile = 0; tile < tiles; tile++) {
      engine.take(row(rows, tile), tile * shape.hops().millis(), false);
    }
    engine.saveChunks();
    DataOutputSerializer out = new DataOutputSerializer(256);
    new HeadSerializer(shape).serialize(head, out);
    int headBytes = out.length();
    ChunkSerializer serializer = new ChunkSerializer(shape);
    for (Chunk chunk : kept.chunks.values()) {
      serializer.serialize(chunk, out);
    }
    return new Bytes(headBytes, out.length() - headBytes);
  }

  private static GenericRowData row(RowType type, long seed) {
    GenericRowData row = new GenericRowData(type.getFieldCount());
    for (int i = 0; i < type.getFieldCount(); i++) {
      row.setField(i, value(type.getTypeAt(i), (seed * 7919 + 104_729) % 500));
    }
    return row;
  }

  private static Object value(LogicalType type, long number) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> number % 2 == 0;
      case TINYINT -> (byte) (number % 100);
      case SMALLINT -> (short) number;
      case INTEGER, DATE, TIME_WITHOUT_TIME_ZONE -> (int) number;
      case BIGINT -> number;
      case FLOAT -> number / 8f;
      case DOUBLE -> number / 7.0;
      case DECIMAL ->
          DecimalData.fromUnscaledLong(
              number % 10, ((DecimalType) type).getPrecision(), ((DecimalType) type).getScale());
      case CHAR, VARCHAR -> StringData.fromString("text" + (1_000 + number));
      case BINARY, VARBINARY -> new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) number};
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          TimestampData.fromEpochMillis(1_700_000_000_000L + number);
      default -> null;
    };
  }

  private static final class Kept implements ChunkStore {
    private final Map<Long, Chunk> chunks = new HashMap<>();

    @Override
    public Chunk get(long address) {
      return chunks.get(address);
    }

    @Override
    public void put(long address, Chunk chunk) {
      chunks.put(address, chunk);
    }

    @Override
    public void remove(long address) {
      chunks.remove(address);
    }

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) {
      chunks.forEach(taker);
      chunks.clear();
    }

    @Override
    public boolean live() {
      return false;
    }
  }
}
