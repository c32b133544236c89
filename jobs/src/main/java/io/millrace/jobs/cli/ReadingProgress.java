package io.millrace.jobs.cli;

import java.io.PrintWriter;
import java.util.function.LongConsumer;

/** Says how far reading has come, every few seconds and only when it takes that long. */
final class ReadingProgress implements LongConsumer {

  private static final long EVERY_NANOS = 3_000_000_000L;

  private final PrintWriter err;
  private final String topic;
  private long lastNanos = System.nanoTime();

  ReadingProgress(PrintWriter err, String topic) {
    this.err = err;
    this.topic = topic;
  }

  @Override
  public void accept(long read) {
    long now = System.nanoTime();
    if (now - lastNanos > EVERY_NANOS) {
      lastNanos = now;
      err.println("... %,d records of topic %s read".formatted(read, topic));
      err.flush();
    }
  }
}
