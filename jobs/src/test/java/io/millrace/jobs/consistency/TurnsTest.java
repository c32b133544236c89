package io.millrace.jobs.consistency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void shouldGiveEveryEntityATurnAndNoneASecondBefore() {
    List<byte[]> keys = keys(0, 1_000);
    for (Turns turns : List.of(Turns.fixed(), Turns.from(17))) {
      Set<String> looked = new HashSet<>();
      for (int round = 0; round < 10; round++) {
        List<String> chosen = texts(turns.next(keys, 100));
        assertThat(chosen).hasSize(100).doesNotHaveDuplicates().noneMatch(looked::contains);
        looked.addAll(chosen);
      }
      assertThat(looked).hasSize(1_000);
      assertThat(looked).containsAll(texts(turns.next(keys, 100)));
    }
  }

  @Test
  void shouldReachEveryEntityWhileOthersComeAndGo() {
    Turns turns = Turns.from(3);
    List<byte[]> staying = keys(0, 1_000);
    Set<String> looked = new HashSet<>();
    for (int round = 0; round < 13; round++) {
      List<byte[]> all = new ArrayList<>(staying);
      all.addAll(keys(2_000 + 200 * round, 2_200 + 200 * round));
      looked.addAll(texts(turns.next(all, 100)));
    }
    assertThat(looked).containsAll(texts(staying));
  }

  @Test
  void shouldTakeAllWhereThereAreNoMore() {
    assertThat(texts(Turns.fixed().next(keys(0, 7), 7))).hasSize(7);
    assertThat(texts(Turns.fixed().next(keys(0, 0), 7))).isEmpty();
  }

  @Test
  void shouldSpreadTheEntitiesOfARound() {
    List<String> chosen = texts(Turns.fixed().next(keys(0, 1_000), 200));

    assertThat(chosen.stream().filter(key -> key.compareTo(text(500)) < 0).count())
        .isBetween(60L, 140L);
  }

  private static List<byte[]> keys(int from, int to) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      keys.add(text(i).getBytes(UTF_8));
    }
    return keys;
  }

  private static String text(int i) {
    return "millrace:flights:route:%04d".formatted(i);
  }

  private static List<String> texts(List<byte[]> keys) {
    return keys.stream().map(key -> new String(key, UTF_8)).toList();
  }
}
