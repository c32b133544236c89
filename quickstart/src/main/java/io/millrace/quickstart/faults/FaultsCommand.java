package io.millrace.quickstart.faults;

import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.ClusterCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code scripts/faults}. */
@Command(
    name = "scripts/faults",
    synopsisSubcommandLabel = "(features | offline | vectors)",
    header = "Breaks things on purpose during a run and compares the results with a quiet run's.",
    description = {
      "",
      "Uses services and a Flink cluster of its own, as processes on free ports of 127.0.0.1, with"
          + " everything under var/faults.",
      ""
    })
public final class FaultsCommand {

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  private FaultsCommand() {}

  public static void main(String[] args) {
    System.exit(ClusterCommand.prepared(new CommandLine(new FaultsCommand())).execute(args));
  }

  @Command(
      name = "features",
      sortOptions = false,
      header = {
        "Runs conf/pipelines/flights.yaml twice over the year's flights: undisturbed, and while a"
            + " TaskManager is killed, Redis is killed and started again, the Kafka broker is"
            + " restarted, and the job is stopped with a savepoint and resumed.",
        "Then compares the whole content of Redis, key by key, and the feature topics, read"
            + " committed."
      },
      description = {"", "Exit code 0 if nothing differs, 1 if something does.", ""})
  int features(
      @Mixin HelpOption helpOption,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "4000",
              description = "Flights per second (default: ${DEFAULT-VALUE}).")
          int rate,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "336776",
              description = "Number of flights (default: all ${DEFAULT-VALUE}).")
          long limit,
      @Option(
              names = "--keep",
              description = "Leave the logs and the data of both runs under var/faults.")
          boolean keep) {
    requireSome(rate, limit);
    return new FeaturesFaults(Home.find(), Screen.standard(), rate, limit, keep).run() ? 0 : 1;
  }

  @Command(
      name = "offline",
      sortOptions = false,
      header = {
        "Runs conf/pipelines/history.yaml while TaskManagers are killed with -9 and the job is"
            + " stopped with a savepoint and resumed. Then reads the Iceberg tables and compares"
            + " them, row by row, with the flights that were sent and the planes in Postgres."
      },
      description = {"", "Exit code 0 if every row is there once, 1 if not.", ""})
  int offline(
      @Mixin HelpOption helpOption,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "2000",
              description = "Flights per second (default: ${DEFAULT-VALUE}).")
          int rate,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100000",
              description = "Number of flights (default: ${DEFAULT-VALUE}).")
          long limit,
      @Option(
              names = "--keep",
              description = "Leave the logs, the data and the tables under var/faults.")
          boolean keep) {
    requireSome(rate, limit);
    return new OfflineFaults(Home.find(), Screen.standard(), rate, limit, keep).run() ? 0 : 1;
  }

  @Command(
      name = "vectors",
      sortOptions = false,
      header = {
        "Makes points of planes that are changed, deleted and come back, twice: undisturbed, and"
            + " while a TaskManager is killed, Qdrant is killed and started again, and a new job"
            + " without state reads all changes once more.",
        "Then compares all points: ids, versions, payload and vectors."
      },
      description = {"", "Exit code 0 if nothing differs, 1 if something does.", ""})
  int vectors(
      @Mixin HelpOption helpOption,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "600",
              description = "Changes per second (default: ${DEFAULT-VALUE}).")
          int rate,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "16000",
              description = "Number of changes (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(
              names = "--keep",
              description = "Leave the logs and the data of both runs under var/faults.")
          boolean keep) {
    requireSome(rate, limit);
    return new VectorsFaults(Home.find(), Screen.standard(), rate, limit, keep).run() ? 0 : 1;
  }

  private void requireSome(int rate, long limit) {
    if (rate < 1 || limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rate and --limit must be at least 1: " + rate + ", " + limit);
    }
  }
}
