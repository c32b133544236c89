package io.millrace.quickstart.cluster;

import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.sql.SqlScript;
import io.millrace.quickstart.sql.SqlSession;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Flink's SQL client on the cluster's SQL gateway, with the catalog in use. Statements of a file
 * are run without it: the client ends with 0 whatever happens.
 */
@Command(
    name = "scripts/sql",
    header = "A SQL prompt on the running cluster, with everything that pipelines know as tables.",
    description = {
      "",
      "The catalog is millrace: SHOW DATABASES; lists pipelines, SHOW TABLES; their tables,"
          + " SELECT * FROM `system`.features; every feature. Personal data are masked.",
      "",
      "With -f or -e, statements are run in order; the first that fails ends it, and the exit code"
          + " is 1. A query over a topic goes on for ever, unless the file says SET"
          + " 'execution.runtime-mode' = 'batch'; Ctrl-C ends it.",
      "",
      "A gateway of your own: SQL_GATEWAY=host:port, with the jar of sql/target that ends in -lib.jar in its lib folder.",
      ""
    })
final class SqlCommand implements Callable<Integer> {

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Run the statements of this file; - for standard input.")
  private Path file;

  @Option(
      names = {"-e", "--execute"},
      paramLabel = "SQL",
      description = "Run these statements.")
  private String execute;

  @Option(
      names = "--pipelines",
      paramLabel = "DIR",
      description =
          "Folder of the pipeline files, as the gateway sees it (default: what it has stored, or conf/pipelines).")
  private Path pipelines;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      defaultValue = "flights",
      description = "The pipeline whose tables need no prefix (default: flights).")
  private String database;

  @Option(
      names = "--reveal",
      description = "Show personal data: in a catalog of this session, millrace_revealed.")
  private boolean reveal;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.find();
    Map<String, String> environment = ClusterCommand.environment(home);
    if (file != null && !Files.isReadable(file)) {
      throw new IllegalArgumentException("-f " + file + ": there is no such file that can be read");
    }
    String address = environment.getOrDefault(LocalSqlGateway.ADDRESS, "127.0.0.1:8083");
    SqlGatewayRest gateway = new SqlGatewayRest(address);
    if (!gateway.answers()) {
      throw new IllegalStateException(
          "no SQL gateway answers at %s; start it with scripts/up, or name another with SQL_GATEWAY=host:port"
              .formatted(gateway.url()));
    }
    requireCluster(environment);
    List<String> beginning = beginning(home);
    if (file != null || execute != null) {
      run(address, beginning);
      return 0;
    }
    Path init = Files.createTempFile("millrace", ".sql");
    try {
      Files.writeString(init, String.join(";\n", beginning) + ";\n");
      return client(
              home, environment, List.of("gateway", "-e", gateway.url(), "-i", init.toString()))
          .inheritIO()
          .start()
          .waitFor();
    } finally {
      Files.deleteIfExists(init);
    }
  }

  /** A query that nobody can run would wait for its cluster instead of failing. */
  private static void requireCluster(Map<String, String> environment) {
    FlinkRest flink = ClusterCommand.flink(environment);
    try {
      if (flink.taskManagers() > 0) {
        return;
      }
    } catch (RuntimeException away) {
      throw new IllegalStateException(
          "no Flink cluster answers at %s, so the SQL gateway has nobody to run queries; start it with scripts/up, or name another with FLINK_REST=host:port"
              .formatted(flink.url()),
          away);
    }
    throw new IllegalStateException(
        "the Flink cluster at %s has no TaskManager to run queries; scripts/up starts those that ended"
            .formatted(flink.url()));
  }

  /** What every session begins with. */
  private List<String> beginning(Home home) {
    String catalog = reveal ? "millrace_revealed" : LocalSqlGateway.CATALOG;
    Path folder =
        pipelines == null ? home.flightsPipeline().getParent() : pipelines.toAbsolutePath();
    return List.of(
        "CREATE CATALOG IF NOT EXISTS `%s` WITH ('type' = 'millrace', 'pipelines' = %s%s)"
            .formatted(catalog, quoted(folder.toString()), reveal ? ", 'pii' = 'reveal'" : ""),
        "USE CATALOG `" + catalog + "`",
        "USE `" + database.replace("`", "``") + "`");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static ProcessBuilder client(
      Home home, Map<String, String> environment, List<String> arguments) {
    String flinkHome = environment.getOrDefault("FLINK_HOME", "");
    List<String> command = new ArrayList<>();
    if (flinkHome.isBlank()) {
      Path log = home.var().resolve("log").resolve("sql-client.log");
      command.addAll(new FlinkDistribution(home).sqlClient(arguments, log));
    } else {
      command.add(flinkHome + File.separator + "bin" + File.separator + "sql-client.sh");
      command.addAll(arguments);
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    if (flinkHome.isBlank()) {
      builder.environment().put("FLINK_CONF_DIR", home.flinkConf().toString());
    }
    return builder;
  }

  private void run(String address, List<String> beginning) throws IOException {
    String name = execute != null ? "-e" : file.toString();
    String text = execute != null ? execute : text(file);
    try (SqlSession session = new SqlSession(address)) {
      // Ctrl-C ends this program, but a query's job only with its session.
      Thread end = new Thread(session::cancel, "cancel the query");
      Runtime.getRuntime().addShutdownHook(end);
      SqlScript.run(session, name, beginning, text, spec.commandLine().getOut());
      Runtime.getRuntime().removeShutdownHook(end);
    }
  }

  private static String text(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return Files.readString(file);
  }
}
