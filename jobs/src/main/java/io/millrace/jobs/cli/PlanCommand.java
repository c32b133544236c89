package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace plan FILE}. */
@Command(name = "plan", description = "Shows what a pipeline would run.")
final class PlanCommand implements Callable<Integer> {
  PlanCommand(Environment environment) {}

  @Override
  public Integer call() {
    return 0;
  }
}
