package io.millrace.delivery;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The patience with a store that is away, and the waits between attempts: 50 ms, doubled each time
 * up to 5 s, each wait cut by up to half at random so that the writers of a job do not knock in
 * step. The patience begins when this is made. NOT thread safe.
 */
public final class Backoff {

  private static final long FIRST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 5_000;

  private final Duration patience;
  private final long startNanos = System.nanoTime();
  private long nextMillis = FIRST_MILLIS;

  public Backoff(Duration patience) {
    this.patience = patience;
  }

  /** Whether the patience has come to its end. */
  public boolean isOver() {
    return leftMillis() <= 0;
  }

  private long leftMillis() {
    return patience.minusNanos(System.nanoTime() - startNanos).toMillis();
  }

  /** Waits before the next attempt, at most for what is left of the patience. */
  public void pause() throws InterruptedException {
    long wait = nextMillis / 2 + ThreadLocalRandom.current().nextLong(nextMillis / 2 + 1);
    nextMillis = Math.min(LONGEST_MILLIS, nextMillis * 2);
    Thread.sleep(Math.max(1, Math.min(wait, leftMillis())));
  }
}
