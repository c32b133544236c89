package io.millrace.jobs.cli;

import io.millrace.jobs.training.TrainingProgress;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** How far features are recomputed: every few seconds, and only when it takes that long. */
final class TrainingBar implements Consumer<TrainingProgress> {
  private static final int BAR = 20;

  private final PrintWriter err;
  private final ProgressPace pace = new ProgressPace();

  TrainingBar(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(TrainingProgress progress) {
    if (!pace.isDue()) {
      return;
    }
    int done = progress.allRows() == 0 ? BAR : (int) (BAR * progress.rows() / progress.allRows());
    err.println(
        "... [%s%s] %,d events, %,d of %,d rows"
            .formatted(
                "#".repeat(done),
                ".".repeat(BAR - done),
                progress.events(),
                progress.rows(),
                progress.allRows()));
    err.flush();
  }
}
