package io.millrace.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTallyTest {

  @Test
  void shouldHandOnWindowsThatAreOver() {
    WindowTally tally = new WindowTally(10, 2);
    tally.count(0, 0);
    tally.count(9, 0);
    tally.count(10, 1);
    tally.count(-1, 1);
    tally.count(3, 1);

    assertThat(tally.takeUntil(8)).hasSize(1).allMatch(it -> it.startMillis() == -10);
    List<WindowTally.Counted> over = tally.takeUntil(9);
    assertThat(over).hasSize(1);
    assertThat(over.get(0).startMillis()).isZero();
    assertThat(over.get(0).bySlot()).containsExactly(2, 1);
    tally.count(5, 0);
    assertThat(tally.takeAll())
        .extracting(WindowTally.Counted::startMillis)
        .containsExactly(0L, 10L);
    assertThat(tally.takeAll()).isEmpty();
  }

  @Test
  void shouldSayWhenTooManyWindowsAreOpen() {
    WindowTally tally = new WindowTally(1, 1);
    for (int i = 0; i < 2_000; i++) {
      tally.count(i, 0);
    }
    assertThat(tally.isFull()).isTrue();
    assertThat(tally.takeAll()).hasSize(2_000);
    assertThat(tally.isFull()).isFalse();
  }
}
