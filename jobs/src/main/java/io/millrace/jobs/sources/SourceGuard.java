package io.millrace.jobs.sources;

import io.millrace.ingest.Guard;
import io.millrace.pii.PiiScreen;
import io.millrace.pipeline.Source;
import io.millrace.quality.RowLevelRules;

/**
 * What guards a source: its contract and policies, its quality rules, the screen for new fields.
 */
public final class SourceGuard {
  private SourceGuard() {}

  /**
   * @throws IllegalArgumentException if the event time field is not in the contract or no time
   */
  public static Guard.Settings settings(Source source) {
    return Guard.Settings.of(source)
        .withRules(RowLevelRules.enforced(source))
        .withScreen(new PiiScreen());
  }
}
