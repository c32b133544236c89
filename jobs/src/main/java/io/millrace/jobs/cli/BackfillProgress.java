package io.millrace.jobs.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** How much history was taken in: every few seconds, and only when it takes that long. */
final class BackfillProgress implements Consumer<Long> {
  private final PrintWriter err;
  private final ProgressPace pace = new ProgressPace();

  BackfillProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(Long rows) {
    if (pace.isDue()) {
      err.println("... %,d rows taken in".formatted(rows));
      err.flush();
    }
  }
}
