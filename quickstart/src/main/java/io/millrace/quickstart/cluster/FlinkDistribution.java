package io.millrace.quickstart.cluster;

import io.millrace.quickstart.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The commands of a Flink cluster made of Maven's jars, as the shell scripts of a Flink
 * distribution would put them together.
 */
final class FlinkDistribution {

  private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";

  private final Home home;
  private final Path lib;

  FlinkDistribution(Home home) {
    this.home = home;
    this.lib = home.flinkLib();
    if (!Files.isDirectory(lib)) {
      throw new IllegalStateException(
          lib + " is missing: make it with `mvn -pl cluster package`, or start scripts/up");
    }
  }

  /** A JVM that runs {@code mainClass} with Flink's jars and the flags JDK 17 wants. */
  List<String> java(List<String> jvmFlags, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The same flags as this JVM was started with by scripts/launch.bash.
    java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-exports=") || flag.startsWith("--add-opens="))
        .forEach(command::add);
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(lib + "/*");
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  List<String> jobManager(Map<String, String> options, Path log) {
    return server(
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        "GET_JM_RESOURCE_PARAMS",
        options,
        log);
  }

  List<String> taskManager(Map<String, String> options, Path log) {
    return server(
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        "GET_TM_RESOURCE_PARAMS",
        options,
        log);
  }

  /** The command line client; wants {@code FLINK_CONF_DIR} in its environment. */
  List<String> client(List<String> arguments, Path log) {
    return java(
        logFlags(log, "-XX:TieredStopAtLevel=1", "-Xmx512m"),
        "org.apache.flink.client.cli.CliFrontend",
        arguments);
  }

  /** The SQL gateway; wants {@code FLINK_CONF_DIR} in its environment. */
  List<String> gateway(Path log) {
    return java(
        logFlags(log, "-XX:+UseSerialGC", "-Xmx768m"),
        "org.apache.flink.table.gateway.SqlGateway",
        List.of());
  }

  /** The client of a SQL gateway; wants {@code FLINK_CONF_DIR} in its environment. */
  List<String> sqlClient(List<String> arguments, Path log) {
    return java(
        logFlags(log, "-XX:TieredStopAtLevel=1", "-Xmx512m"),
        "org.apache.flink.table.client.SqlClient",
        arguments);
  }

  private List<String> server(
      String mainClass, String memory, Map<String, String> options, Path log) {
    List<String> configuration =
        new ArrayList<>(List.of("--configDir", home.flinkConf().toString()));
    options.forEach(
        (key, value) -> {
          configuration.add("-D");
          configuration.add(key + "=" + value);
        });
    List<String> sizes = memorySizes(memory, configuration);
    List<String> jvmFlags =
        logFlags(log, Arrays.asList(sizes.get(0).split(" ")).toArray(String[]::new));
    List<String> arguments = new ArrayList<>(configuration);
    arguments.addAll(List.of(sizes.get(1).split(" ")));
    return java(jvmFlags, mainClass, arguments);
  }

  private List<String> logFlags(Path log, String... further) {
    List<String> flags = new ArrayList<>(List.of(further));
    flags.add("-Dlog.file=" + log);
    flags.add("-Dlog4j.configurationFile=" + home.flinkConf().resolve("log4j.properties").toUri());
    return flags;
  }

  /** Two lines: JVM flags, and the options that tell the process what it was given. */
  private List<String> memorySizes(String what, List<String> configuration) {
    List<String> arguments = new ArrayList<>(List.of(what));
    arguments.addAll(configuration);
    List<String> command =
        java(
            List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"),
            "org.apache.flink.runtime.util.bash.BashJavaUtils",
            arguments);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output;
      try (InputStream in = process.getInputStream()) {
        output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      List<String> results =
          output
              .lines()
              .filter(line -> line.startsWith(RESULT))
              .map(line -> line.substring(RESULT.length()).strip())
              .toList();
      if (process.waitFor() != 0 || results.size() != 2) {
        throw new IllegalStateException(
            "Flink cannot divide its memory as "
                + home.flinkConf().resolve("config.yaml")
                + " says:\n"
                + output);
      }
      return results;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sizing Flink's memory", interrupted);
    }
  }
}
