package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.COUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HopWheelTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);

  private final StateShape shape =
      StateShape.of(ViewFixture.hop(10).with("rides", COUNT, "*", 40).plan());
  private final HopWheel wheel = new HopWheel(80);
  private final List<LiveKey> rung = new ArrayList<>();

  private LiveKey key() {
    return new LiveKey(null, 0, 0, 1, new Head(shape));
  }

  @Test
  void shouldRingForAKeyOnceWhenItsHopHasCome() throws Exception {
    LiveKey key = key();
    wheel.add(key, 1_005);
    wheel.advance(1_004, rung::add);
    assertThat(rung).isEmpty();
    wheel.advance(1_005, rung::add);
    assertThat(rung).containsExactly(key);
    assertThat(key.due).isEqualTo(Head.NONE);
    wheel.advance(5_000, rung::add);
    assertThat(rung).hasSize(1);
    assertThat(wheel.places()).isZero();
  }

  @Test
  void shouldPassOverThePlaceThatAKeyHasLeft() throws Exception {
    LiveKey key = key();
    wheel.add(key, 1_050);
    wheel.add(key, 1_020);
    wheel.advance(1_020, rung::add);
    assertThat(rung).containsExactly(key);
    wheel.add(key, 1_070);
    wheel.advance(1_069, rung::add);
    assertThat(rung).hasSize(1);
    wheel.advance(1_070, rung::add);
    assertThat(rung).hasSize(2);
  }

  @Test
  void shouldPassOverAKeyThatLeftMemory() throws Exception {
    LiveKey key = key();
    wheel.add(key, 1_050);
    key.letGo();
    assertThat(wheel.places()).isEqualTo(1);
    wheel.sweep();
    assertThat(wheel.places()).isZero();
    wheel.add(key(), 1_050);
    LiveKey gone = key();
    wheel.add(gone, 1_050);
    gone.letGo();
    wheel.advance(2_000, rung::add);
    assertThat(rung).hasSize(1).doesNotContain(gone);
  }

  @Test
  void shouldRingForKeysThatAreDueManyRoundsAheadAndWhenTimeJumps() throws Exception {
    LiveKey far = key();
    wheel.add(far, 1_000_000);
    wheel.advance(10, rung::add);
    wheel.advance(999_999, rung::add);
    assertThat(rung).isEmpty();
    wheel.advance(Long.MAX_VALUE >> 4, rung::add);
    assertThat(rung).containsExactly(far);
  }

  @Test
  void shouldRingLikeASortedListWhateverComes() throws Exception {
    Random random = new Random(SEED);
    System.out.printf("HopWheelTest: seed %d%n", SEED);
    Map<LiveKey, Long> waiting = new HashMap<>();
    List<LiveKey> keys = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      keys.add(key());
    }
    long hop = -500;
    for (int step = 0; step < 3_000; step++) {
      for (int i = random.nextInt(20); i > 0; i--) {
        LiveKey key = keys.get(random.nextInt(keys.size()));
        long due = hop + 1 + (random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(90));
        if (due < key.due) {
          wheel.add(key, due);
          waiting.put(key, due);
        }
      }
      if (random.nextInt(50) == 0) {
        wheel.sweep();
        // A key may have left one hop for another of the same bucket.
        assertThat(wheel.places())
            .as("seed %d step %d", SEED, step)
            .isBetween(waiting.size(), waiting.size() + 20);
      }
      hop += random.nextInt(30) == 0 ? random.nextInt(1_000) : random.nextInt(4);
      long now = hop;
      List<LiveKey> expected =
          waiting.keySet().stream().filter(key -> waiting.get(key) <= now).toList();
      wheel.advance(hop, rung::add);
      assertThat(rung)
          .as("seed %d step %d", SEED, step)
          .containsExactlyInAnyOrderElementsOf(expected);
      expected.forEach(waiting::remove);
      rung.clear();
    }
  }
}
