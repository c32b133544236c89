package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.ViewFixture.Ride;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * One key, the tiles of which are few, many, or become many on the way, in blocks or spread over
 * chunks, with state that is kept as objects or not: the same in all cases.
 */
class WindowTilesTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final long HOP = 20;

  @Test
  void shouldComputeTheSameHoweverTilesAreKept() throws Exception {
    System.out.printf("WindowTilesTest: seed %d%n", SEED);
    for (int run = 0; run < 8; run++) {
      compare(FeatureOracleTest.every(ViewFixture.hop(HOP), 8, 300), run);
      compare(FeatureOracleTest.every(ViewFixture.hop(HOP), 90, 6000), run);
      compare(FeatureOracleTest.numbers(ViewFixture.hop(HOP), 8, 40, 300), run);
      compare(FeatureOracleTest.numbers(ViewFixture.hop(HOP), 90, 6000), run);
    }
  }

  private static void compare(ViewFixture view, int run) throws Exception {
    Random random = new Random(SEED + run);
    FeaturePlan plan = view.plan();
    StateShape shape = StateShape.of(plan);
    Kept[] all = {
      new Kept(shape, FewTiles.MOST, true),
      new Kept(shape, 1, true),
      new Kept(shape, 2, true),
      new Kept(shape, 7, true),
      new Kept(shape, 1, false),
      new Kept(shape, 3, false),
      new Kept(shape, 7, false)
    };
    long widest = shape.widest() * HOP;
    long clock = 1_700_000_000_000L;
    int blocked = 0;
    int spread = 0;
    for (int step = 0; step < 400; step++) {
      String where = "seed %d run %d step %d".formatted(SEED, run, step);
      clock += random.nextInt(60) == 0 ? 2 * widest : random.nextLong(widest / 30 + 1);
      boolean late = random.nextInt(4) == 0;
      long time = clock - (late ? random.nextLong(widest) : 0);
      Integer minutes = random.nextInt(8) == 0 ? null : random.nextInt(50);
      Double price = random.nextInt(100_000) / 128.0;
      Ride ride = new Ride("ada", time, RowKind.INSERT, minutes, price, "z" + random.nextInt(9));
      boolean rides = random.nextInt(5) > 0;
      for (Kept each : all) {
        if (rides) {
          each.engine.take(view.row(ride), time, false);
        } else {
          each.engine.advance(clock / HOP);
        }
        if (step % 9 == 0) {
          each.writeAndRead();
        }
      }
      blocked += all[3].head.blocks == null ? 0 : 1;
      spread += all[6].head.spread ? 1 : 0;
      String told = all[0].told(plan);
      for (Kept each : all) {
        assertThat(each.told(plan)).as("%s, %s", where, each).isEqualTo(told);
      }
    }
    if (shape.layout().objects() == 0) {
      assertThat(blocked).as("steps after which tiles were in blocks").isBetween(10, 390);
    }
    assertThat(spread).as("steps after which tiles were spread").isBetween(10, 390);
  }

  /** A key that is kept as state, as objects or not. */
  private static final class Kept implements ChunkStore {
    private final StateShape shape;
    private final FeatureEngine engine;
    private final int fewTiles;
    private final boolean live;
    private final Map<Long, byte[]> chunks = new TreeMap<>();
    private Head head;

    Kept(StateShape shape, int fewTiles, boolean live) throws Exception {
      this.shape = shape;
      this.fewTiles = fewTiles;
      this.live = live;
      engine = new FeatureEngine(shape, fewTiles);
      head = engine.open(null, this);
    }

    void writeAndRead() throws Exception {
      engine.saveChunks();
      HeadSerializer serializer = new HeadSerializer(shape);
      DataOutputSerializer out = new DataOutputSerializer(1024);
      serializer.serialize(head, out);
      Head read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
      head = engine.open(read, this);
    }

    String told(FeaturePlan plan) {
      BinaryRowData values = new BinaryRowData(plan.features());
      plan.write(head.totals, new BinaryRowWriter(values));
      Map<String, Object> features = FeatureOracleTest.features(values, plan.schema().values());
      // The sketch depends, within its error, on the order in which tiles are merged.
      features.keySet().removeIf(name -> name.startsWith("median"));
      return "version %d/%d due %d oldest %s %s"
          .formatted(
              head.versionMillis,
              engine.revision(),
              engine.dueHop(),
              Arrays.toString(head.oldest),
              features);
    }

    @Override
    public String toString() {
      return "from %d tiles on, %s".formatted(fewTiles, live ? "an object" : "serialized");
    }

    @Override
    public Chunk get(long address) {
      byte[] chunk = chunks.get(address);
      return chunk == null ? null : read(chunk);
    }

    @Override
    public void put(long address, Chunk chunk) throws IOException {
      assertThat(live).as("a chunk beside its head, which is kept as an object").isFalse();
      DataOutputSerializer out = new DataOutputSerializer(256);
      new ChunkSerializer(shape).serialize(chunk, out);
      chunks.put(address, out.getCopyOfBuffer());
    }

    private Chunk read(byte[] chunk) {
      try {
        return new ChunkSerializer(shape).deserialize(new DataInputDeserializer(chunk));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void remove(long address) {
      chunks.remove(address);
    }

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) {
      chunks.forEach((address, chunk) -> taker.accept(address, read(chunk)));
      chunks.clear();
    }

    @Override
    public boolean live() {
      return live;
    }
  }
}
