package io.millrace.jobs.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** How much history was taken in: every few seconds, and only when it takes that long. */
final class BackfillProgress implements Consumer<Long> {
  private static final long EVERY_NANOS = 3_000_000_000L;

  private final PrintWriter err;
  private long lastNanos = System.nanoTime();

  BackfillProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(Long rows) {
    long now = System.nanoTime();
    if (now - lastNanos >= EVERY_NANOS) {
      lastNanos = now;
      err.println("... %,d rows taken in".formatted(rows));
      err.flush();
    }
  }
}
