package io.millrace.jobs.cli;

/** How often people are told how far something is: every few seconds, if it takes that long. */
final class ProgressPace {

  private static final long EVERY_NANOS = 3_000_000_000L;

  private long lastNanos = System.nanoTime();

  /** Whether it is time to say something; it then is not for a while. */
  boolean isDue() {
    long now = System.nanoTime();
    if (now - lastNanos < EVERY_NANOS) {
      return false;
    }
    lastNanos = now;
    return true;
  }
}
