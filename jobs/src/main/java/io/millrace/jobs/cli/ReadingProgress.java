package io.millrace.jobs.cli;

import java.io.PrintWriter;
import java.util.function.LongConsumer;

/** Says how far reading has come, every few seconds and only when it takes that long. */
final class ReadingProgress implements LongConsumer {

  private final PrintWriter err;
  private final String topic;
  private final ProgressPace pace = new ProgressPace();

  ReadingProgress(PrintWriter err, String topic) {
    this.err = err;
    this.topic = topic;
  }

  @Override
  public void accept(long read) {
    if (pace.isDue()) {
      err.println("... %,d records of topic %s read".formatted(read, topic));
      err.flush();
    }
  }
}
