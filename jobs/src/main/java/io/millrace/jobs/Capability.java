package io.millrace.jobs;

import java.util.Locale;

/** What a job can run over its sources; {@code --only} picks some of them. */
public enum Capability {
  FEATURES,
  EMBEDDINGS,
  DRIFT,
  OFFLINE;

  /** The word used on the command line. */
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
