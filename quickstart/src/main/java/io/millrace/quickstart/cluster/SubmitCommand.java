package io.millrace.quickstart.cluster;

import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits the job jar with Flink's own client. */
@Command(
    name = "scripts/submit",
    sortOptions = false,
    header = "Submits a pipeline to a Flink cluster.",
    description = {
      "",
      "The cluster is the one of scripts/up, or FLINK_REST=host:port. With FLINK_HOME set, that"
          + " distribution's bin/flink and configuration are used.",
      ""
    })
final class SubmitCommand implements Callable<Integer> {

  @Mixin private HelpOption help;

  private static final String MAIN_CLASS = "io.millrace.jobs.PipelineJob";

  @Option(
      names = "--pipeline",
      paramLabel = "FILE",
      description =
          "The pipeline file, with or without this word before it (default:"
              + " conf/pipelines/flights.yaml).")
  private Path pipeline;

  @Option(
      names = "--only",
      paramLabel = "CAPABILITIES",
      description = "Run only these capabilities, for example: features.")
  private String only;

  @Option(
      names = "--from",
      paramLabel = "SAVEPOINT",
      description = "Resume from a savepoint or a retained checkpoint.")
  private String from;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Parallelism of the job (default: the cluster's).")
  private Integer parallelism;

  @Parameters(
      paramLabel = "[FILE] [-- FLINK_OPTIONS]",
      hideParamSyntax = true,
      description =
          "The pipeline file; and after -- further options of `flink run`, for example"
              + " -- -Dkey=value.")
  private List<String> rest = List.of();

  @Override
  public Integer call() throws Exception {
    Home home = Home.find();
    Map<String, String> environment = ClusterCommand.environment(home);
    return submit(home, environment).inheritIO().start().waitFor();
  }

  private ProcessBuilder submit(Home home, Map<String, String> environment) {
    boolean named = pipeline == null && !rest.isEmpty() && !rest.get(0).startsWith("-");
    List<String> flinkOptions = named ? rest.subList(1, rest.size()) : rest;
    Path file = pipeline != null ? pipeline : named ? Path.of(rest.get(0)) : home.flightsPipeline();
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "pipeline " + file + ": there is no such file that can be read");
    }
    List<String> job = new ArrayList<>(List.of("--pipeline", file.toAbsolutePath().toString()));
    if (only != null) {
      job.addAll(List.of("--only", only));
    }
    List<String> options = new ArrayList<>(flinkOptions);
    if (parallelism != null) {
      options.addAll(List.of("-p", parallelism.toString()));
    }
    if (from != null) {
      options.addAll(List.of("-s", from));
    }
    return submission(home, environment, options, job);
  }

  /**
   * The client's process, not yet started.
   *
   * @param environment where the cluster and the pipeline's services are
   * @param options of {@code flink run}
   * @param arguments of the job's main class
   */
  static ProcessBuilder submission(
      Home home, Map<String, String> environment, List<String> options, List<String> arguments) {
    List<String> run = new ArrayList<>(List.of("run", "-d"));
    String flinkHome = environment.getOrDefault("FLINK_HOME", "");
    if (flinkHome.isBlank() || environment.containsKey("FLINK_REST")) {
      run.addAll(List.of("-m", ClusterCommand.flink(environment).address()));
    }
    run.addAll(options);
    run.addAll(List.of("-c", MAIN_CLASS, home.jobJar().toString()));
    run.addAll(arguments);
    List<String> command = new ArrayList<>();
    if (flinkHome.isBlank()) {
      Path log = home.var().resolve("log").resolve("submit.log");
      command.addAll(new FlinkDistribution(home).client(run, log));
    } else {
      command.add(flinkHome + File.separator + "bin" + File.separator + "flink");
      command.addAll(run);
    }
    // Contracts are named relative to the project's folder.
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.root().toFile());
    builder.environment().putAll(environment);
    if (flinkHome.isBlank()) {
      builder.environment().put("FLINK_CONF_DIR", home.flinkConf().toString());
    }
    return builder;
  }
}
