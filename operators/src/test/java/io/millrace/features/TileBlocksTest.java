package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.ViewFixture.Ride;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/** One key of very many tiles, whose extremes have to be found again each time that time passes. */
class TileBlocksTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final long HOP = 10;
  private static final int NARROW = 3_000;
  private static final int WIDE = 20_000;
  private static final int RIDES = 9_000;

  private final ViewFixture view =
      ViewFixture.hop(HOP)
          .with("rides", COUNT, "*", NARROW, WIDE)
          .with("least", MIN, "minutes", NARROW, WIDE);
  private final FeaturePlan plan = view.plan();

  @Test
  void shouldFindExtremesFromTheTotalsOfAllLevels() throws Exception {
    System.out.printf("TileBlocksTest: seed %d%n", SEED);
    // Blocks of one tile: so many that totals have three levels.
    check(1);
    check(FewTiles.MOST);
  }

  private void check(int fewTiles) throws Exception {
    Random random = new Random(SEED + fewTiles);
    FeatureEngine engine = new FeatureEngine(StateShape.of(plan), fewTiles);
    Head head = engine.open(null, InOneHead.INSTANCE);
    TreeMap<Long, Integer> truth = new TreeMap<>();
    long clock = 1_700_000_000_000L;
    for (int i = 0; i < RIDES; i++) {
      clock += HOP * (1 + random.nextInt(3));
      boolean late = random.nextInt(20) == 0;
      long time = clock - (late ? random.nextLong(WIDE * HOP) : 0);
      // They grow with time, so that the smallest of a window is always the next to leave it.
      int minutes = late ? random.nextInt(1_000) + i : i;
      engine.take(
          view.row(new Ride("ada", time, RowKind.INSERT, minutes, null, null)), time, false);
      engine.advance(clock / HOP);
      truth.merge(time / HOP, minutes, Math::min);
      if (i % 500 == 0 || i > RIDES - 20) {
        assertThat(told(head))
            .as("seed %d, %d few tiles, ride %d", SEED, fewTiles, i)
            .containsAllEntriesOf(expected(truth, clock / HOP, NARROW))
            .containsAllEntriesOf(expected(truth, clock / HOP, WIDE));
      }
      if (i % 1_000 == 0 && head.blocks != null) {
        // As after a snapshot: what is there is shared, and copied when it changes.
        head.unshare(i);
        engine.turnTo(head, InOneHead.INSTANCE);
      }
    }
    assertThat(head.blocks.end() - head.blocks.first()).isGreaterThan(RIDES / 2 / fewTiles);
  }

  private Map<String, Object> expected(TreeMap<Long, Integer> truth, long hop, int tiles) {
    return Map.of(
        "least_" + tiles,
        truth.tailMap(hop - tiles, false).values().stream()
            .mapToInt(Integer::intValue)
            .min()
            .orElseThrow());
  }

  private Map<String, Object> told(Head head) {
    BinaryRowData values = new BinaryRowData(plan.features());
    plan.write(head.totals, new BinaryRowWriter(values));
    return FeatureOracleTest.features(values, plan.schema().values());
  }

  /** A key that is kept as an object. */
  private enum InOneHead implements ChunkStore {
    INSTANCE;

    @Override
    public Chunk get(long address) {
      return null;
    }

    @Override
    public void put(long address, Chunk chunk) {
      throw new AssertionError("tiles of numbers are kept in blocks, not in chunks");
    }

    @Override
    public void remove(long address) {}

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) {}

    @Override
    public boolean live() {
      return true;
    }
  }
}
