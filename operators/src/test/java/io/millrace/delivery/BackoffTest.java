package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void shouldHaveNoPatienceWhereNoneIsGiven() {
    assertThat(new Backoff(Duration.ZERO).isOver()).isTrue();
    assertThat(new Backoff(Duration.ofHours(1)).isOver()).isFalse();
  }

  @Test
  void shouldPauseUntilThePatienceIsOver() throws Exception {
    Backoff backoff = new Backoff(Duration.ofMillis(120));
    int pauses = 0;
    while (!backoff.isOver()) {
      backoff.pause();
      pauses++;
    }
    assertThat(pauses).isPositive();
  }
}
