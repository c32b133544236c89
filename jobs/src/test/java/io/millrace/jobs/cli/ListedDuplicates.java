package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** What {@code millrace duplicates list} prints, for tests of other packages. */
public final class ListedDuplicates {
  private ListedDuplicates() {}

  public static String of(Map<String, String> environment, Path pipeline) {
    CommandRun run = CommandRun.with(environment, "duplicates", "list", pipeline.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.out();
  }
}
