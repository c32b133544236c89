package io.millrace.delivery;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next attempt: 50 ms, doubled each time up to 5 s, each wait cut by up
 * to half at random so that the writers of a job do not knock in step.
 */
public final class Backoff {

  private static final long FIRST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 5_000;

  private long nextMillis = FIRST_MILLIS;

  /**
   * @param mostMillis what is left of the patience
   */
  public long nextMillis(long mostMillis) {
    long wait = nextMillis / 2 + ThreadLocalRandom.current().nextLong(nextMillis / 2 + 1);
    nextMillis = Math.min(LONGEST_MILLIS, nextMillis * 2);
    return Math.max(1, Math.min(wait, mostMillis));
  }
}
