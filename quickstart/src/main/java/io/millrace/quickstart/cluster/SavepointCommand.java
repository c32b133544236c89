package io.millrace.quickstart.cluster;

import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a savepoint through Flink's REST interface. */
@Command(
    name = "scripts/savepoint",
    sortOptions = false,
    header = "Takes a savepoint of a running job and prints its path.",
    description = {
      "",
      "The cluster is the one of scripts/up, or FLINK_REST=host:port. Resume with"
          + " scripts/submit --from PATH.",
      ""
    })
final class SavepointCommand implements Callable<Integer> {

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB",
      description = "Id of the job; not needed when only one runs.")
  private String job;

  @Option(names = "--stop", description = "Stop the job with the savepoint.")
  private boolean stop;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where it goes (default: where the cluster is configured to put it).")
  private String dir = "";

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "How long it may take (default: ${DEFAULT-VALUE}).")
  private int patienceSeconds = 300;

  @Override
  public Integer call() {
    FlinkRest flink = ClusterCommand.flink(ClusterCommand.environment(Home.find()));
    String id = job == null ? theOnlyJob(flink.activeJobs(), flink.url()) : job;
    String path = flink.savepoint(id, dir, stop, Duration.ofSeconds(patienceSeconds));
    spec.commandLine().getOut().println(path);
    return 0;
  }

  static String theOnlyJob(List<FlinkRest.Job> active, String cluster) {
    if (active.isEmpty()) {
      throw new IllegalStateException(
          "no job runs at " + cluster + ": submit one with scripts/submit");
    }
    if (active.size() > 1) {
      throw new IllegalArgumentException(
          active.size()
              + " jobs run at "
              + cluster
              + ", say which one:\n"
              + active.stream()
                  .map(found -> "  " + found.id() + "  " + found.state() + "  " + found.name())
                  .collect(Collectors.joining("\n")));
    }
    return active.get(0).id();
  }
}
