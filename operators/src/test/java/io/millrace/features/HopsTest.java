package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.COUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HopsTest {
  private final Hops minutes = new Hops(60_000);

  @Test
  void shouldPutATimeIntoTheTileThatStartsAtOrBeforeIt() {
    assertThat(minutes.tile(0)).isZero();
    assertThat(minutes.tile(59_999)).isZero();
    assertThat(minutes.tile(60_000)).isEqualTo(1);
    assertThat(minutes.tile(-1)).isEqualTo(-1);
    assertThat(minutes.tile(-60_000)).isEqualTo(-1);
  }

  @Test
  void shouldCoverATileFromItsStartUntilItsExpiry() {
    for (long tile = -100; tile < 100; tile++) {
      long expiry = minutes.expiryMillis(tile, 60);
      assertThat(Hops.firstTile(minutes.tile(expiry - 1), 60)).isEqualTo(tile);
      assertThat(Hops.firstTile(minutes.tile(expiry), 60)).isEqualTo(tile + 1);
    }
  }

  @Test
  void shouldRoundUpToTheNextTile() {
    assertThat(minutes.ceilTile(0)).isZero();
    assertThat(minutes.ceilTile(1)).isEqualTo(1);
    assertThat(minutes.ceilTile(-1)).isZero();
  }

  @Test
  void shouldNotTakeHugeNumbersForTimes() {
    assertThat(Hops.isTime(0)).isTrue();
    assertThat(Hops.isTime(Long.MAX_VALUE)).isFalse();
    assertThat(Hops.isTime(Long.MIN_VALUE)).isFalse();
    assertThatThrownBy(() -> new Hops(0)).hasMessage("hop=0 ms: must be positive");
  }

  @Test
  void shouldFindChunksAgainInARing() {
    Random random = new Random(1);
    for (int span : new int[] {1, 63, 64, 65, 700}) {
      long[] ring = new long[TileRing.wordsFor(span)];
      TreeSet<Long> expected = new TreeSet<>();
      long base = -3 * span;
      for (int step = 0; step < 2_000; step++) {
        base += random.nextInt(3);
        for (Long gone = expected.isEmpty() ? null : expected.first();
            gone != null && gone < base;
            gone = expected.isEmpty() ? null : expected.first()) {
          expected.remove(gone);
          TileRing.remove(ring, gone);
        }
        long number = base + random.nextInt(span);
        expected.add(number);
        TileRing.add(ring, number);
        long from = base + random.nextInt(span);
        Long next = expected.ceiling(from);
        assertThat(TileRing.next(ring, from, base + span - 1))
            .isEqualTo(next == null ? TileRing.NONE : next);
        assertThat(TileRing.contains(ring, from)).isEqualTo(expected.contains(from));
      }
    }
  }

  @Test
  void shouldFindChunksAgainInATable() {
    Random random = new Random(1);
    ViewFixture view = ViewFixture.hop(1).with("n", COUNT, "*", 10);
    StateShape shape = StateShape.of(view.plan());
    ChunkTable table = new ChunkTable();
    Map<Long, Chunk> expected = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      long address = random.nextInt(60) - 30;
      assertThat(table.get(address)).isSameAs(expected.get(address));
      if (random.nextInt(2) == 0) {
        table.remove(address);
        expected.remove(address);
      } else if (!expected.containsKey(address)) {
        Chunk chunk = Chunk.ofTiles(shape);
        chunk.address = address;
        table.add(chunk);
        expected.put(address, chunk);
      }
      assertThat(table.size()).isEqualTo(expected.size());
    }
    assertThat(table.toArray()).containsExactlyInAnyOrderElementsOf(expected.values());
  }
}
