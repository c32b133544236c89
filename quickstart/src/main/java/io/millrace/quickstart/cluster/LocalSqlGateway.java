package io.millrace.quickstart.cluster;

import io.millrace.document.YamlFile;
import io.millrace.document.YamlValue;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.ServicePorts;
import io.millrace.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Flink's SQL gateway beside the {@link LocalCluster}, with the catalog {@value #CATALOG} of a
 * folder of pipelines stored, so that every session has it: of {@code scripts/sql} and of JDBC.
 */
public final class LocalSqlGateway {

  /** The stored catalog. */
  public static final String CATALOG = "millrace";

  /** {@code host:port} of the gateway, for {@code scripts/sql}. */
  public static final String ADDRESS = "SQL_GATEWAY";

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Home home;
  private final Path data;
  private final ManagedProcess process;
  private final int port;

  /**
   * @param dir the cluster's folder
   */
  public LocalSqlGateway(Home home, Path dir, int port) {
    this.home = home;
    this.data = dir.resolve("sql-gateway");
    this.process = new ManagedProcess("sql-gateway", dir);
    this.port = port;
  }

  /** On the usual port, unless the environment names another. */
  static LocalSqlGateway from(Home home, Path dir, Map<String, String> environment) {
    return new LocalSqlGateway(
        home, dir, ServicePorts.port(environment, ServicePorts.SQL_GATEWAY, 8083));
  }

  static LocalSqlGateway onFreePort(Home home, Path dir) {
    return new LocalSqlGateway(home, dir, Ports.free());
  }

  public boolean isRunning() {
    return process.isRunning();
  }

  /** {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** What {@code scripts/up} notes for the other scripts. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(ServicePorts.SQL_GATEWAY, Integer.toString(port));
    environment.put(ADDRESS, address());
    return environment;
  }

  /**
   * Starts it unless it runs, and returns when it answers.
   *
   * @param flink the cluster that runs its queries
   * @param environment what pipeline files ask for
   * @return a line about it, for people
   * @throws IllegalStateException if the port is taken, or it does not come up
   */
  public String up(FlinkRest flink, Map<String, String> environment) {
    if (isRunning()) {
      return line("was running");
    }
    ServicePorts.requireFree(Map.of(ServicePorts.SQL_GATEWAY, port));
    Path catalogs = data.resolve("catalogs");
    store(catalogs);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("sql-gateway.endpoint.rest.address", "127.0.0.1");
    options.put("sql-gateway.endpoint.rest.bind-address", "127.0.0.1");
    options.put("sql-gateway.endpoint.rest.port", Integer.toString(port));
    options.put("table.catalog-store.kind", "file");
    options.put("table.catalog-store.file.path", catalogs.toUri().toString());
    options.put("execution.target", "remote");
    options.put("rest.address", "127.0.0.1");
    options.put("rest.port", flink.address().substring(flink.address().lastIndexOf(':') + 1));
    // Somebody waits for a query: it fails at once, see also configuration().
    options.put("restart-strategy.type", "none");
    options.put("io.tmp.dirs", data.resolve("tmp").toString());
    Map<String, String> variables = new LinkedHashMap<>(environment);
    variables.put("FLINK_CONF_DIR", configuration(options).toString());
    // Files named in SQL are relative to the project's folder.
    process.start(new FlinkDistribution(home).gateway(process.log()), home.root(), variables);
    SqlGatewayRest rest = new SqlGatewayRest(address());
    return line("pid " + process.awaitAnswer("the SQL gateway", START_PATIENCE, rest::answers));
  }

  /**
   * A folder with the cluster's settings and these. The gateway's sessions know the settings of its
   * file only, not those of its command line.
   */
  private Path configuration(Map<String, String> options) {
    Path folder = data.resolve("conf");
    StringBuilder settings = new StringBuilder("# Written by scripts/up.\n");
    try {
      Map<String, String> all = new LinkedHashMap<>();
      flatten("", YamlFile.read(home.flinkConf().resolve("config.yaml")).root().orElseThrow(), all);
      // Without checkpoints, rows are shown as they come, and not with the next checkpoint.
      all.remove("execution.checkpointing.interval");
      all.putAll(options);
      all.forEach(
          (key, value) ->
              settings.append(key).append(": \"").append(escaped(value)).append("\"\n"));
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.yaml"), settings);
      return folder;
    } catch (IOException failure) {
      throw new UncheckedIOException("the SQL gateway's settings cannot be written", failure);
    }
  }

  private static void flatten(String prefix, YamlValue value, Map<String, String> into) {
    for (String key : value.keys()) {
      YamlValue child = value.get(key).orElseThrow();
      if (child.kind() == YamlValue.Kind.MAP) {
        flatten(prefix + key + ".", child, into);
      } else {
        into.put(prefix + key, child.text());
      }
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** As {@code CREATE CATALOG} would write it. The environment is the process's, not the file's. */
  private void store(Path catalogs) {
    String pipelines = home.flightsPipeline().getParent().toString();
    try {
      Files.createDirectories(catalogs);
      Files.createDirectories(data.resolve("tmp"));
      Files.writeString(
          catalogs.resolve(CATALOG + ".yaml"),
          "type: \"millrace\"\npipelines: \"%s\"\n".formatted(escaped(pipelines)));
    } catch (IOException failure) {
      throw new UncheckedIOException("the catalog cannot be stored in " + catalogs, failure);
    }
  }

  /** Stops it in good order; returns whether it was running. */
  public boolean down() {
    return process.stop(STOP_PATIENCE);
  }

  private String line(String state) {
    return "%-14s %-26s  %s".formatted("sql-gateway", "jdbc:flink://" + address(), state);
  }
}
