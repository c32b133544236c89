package io.millrace.quickstart.cluster;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.ServicePorts;
import io.millrace.testkit.Ports;
import io.millrace.testkit.RedisBinary;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kafka, Postgres, Redis, a JobManager and two TaskManagers as processes of their own on 127.0.0.1.
 *
 * <p>Everything they write is under one folder: {@code pids}, {@code log}, and one folder per
 * service. Starting is idempotent: what runs is left alone.
 */
public final class LocalCluster {

  /** The processes, in the order in which they are started. */
  public enum Service {
    KAFKA,
    POSTGRES,
    REDIS,
    JOBMANAGER,
    TASKMANAGER_1,
    TASKMANAGER_2;

    String processName() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final Home home;
  private final Path dir;
  private final ServicePorts ports;
  private final int rpcPort;

  /**
   * @param dir the cluster's folder, for example {@code var/cluster}
   * @param rpcPort where the TaskManagers find the JobManager
   */
  public LocalCluster(Home home, Path dir, ServicePorts ports, int rpcPort) {
    this.home = home;
    this.dir = dir;
    this.ports = ports;
    this.rpcPort = rpcPort;
  }

  public ServicePorts ports() {
    return ports;
  }

  int rpcPort() {
    return rpcPort;
  }

  public Path dir() {
    return dir;
  }

  public FlinkRest flink() {
    return new FlinkRest("127.0.0.1:" + ports.flink());
  }

  ManagedProcess process(Service service) {
    return new ManagedProcess(service.processName(), dir);
  }

  /** Whether a service's process runs. */
  public boolean isRunning(Service service) {
    return process(service).isRunning();
  }

  /**
   * Starts what does not run yet and returns when everything answers.
   *
   * @param tell is told of each service as it comes up
   */
  public void up(Consumer<String> tell) {
    requireFreePorts();
    for (Service service : Service.values()) {
      if (isRunning(service)) {
        tell.accept(line(service) + "  was running");
      } else {
        launch(service);
      }
    }
    for (Service service : Service.values()) {
      awaitReady(service);
      tell.accept(line(service) + "  pid " + process(service).pid().orElseThrow());
    }
  }

  /** Starts one service and returns when it answers. */
  public void start(Service service) {
    launch(service);
    awaitReady(service);
  }

  /** Stops one service in good order; returns whether it was running. */
  public boolean stop(Service service) {
    return process(service).stop(STOP_PATIENCE);
  }

  /** Ends one service as a crash would; returns the process id it had. */
  public long kill(Service service) {
    return process(service).kill();
  }

  /** Stops everything, Flink first; what was written stays. */
  public void down(Consumer<String> tell) {
    Service[] services = Service.values();
    for (int i = services.length - 1; i >= 0; i--) {
      if (stop(services[i])) {
        tell.accept(services[i].processName() + " stopped");
      }
    }
  }

  /** Deletes everything the services wrote. */
  public void deleteData() {
    for (Service service : Service.values()) {
      if (isRunning(service)) {
        throw new IllegalStateException(
            service.processName() + " is running; stop it with scripts/down before its data goes");
      }
    }
    try (Stream<Path> files = Files.exists(dir) ? Files.walk(dir) : Stream.empty()) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void requireFreePorts() {
    Map<String, Integer> wanted = new LinkedHashMap<>(ports.byVariable());
    wanted.put(ClusterCommand.RPC_PORT, rpcPort);
    List<Service> owners =
        List.of(
            Service.KAFKA, Service.POSTGRES, Service.REDIS, Service.JOBMANAGER, Service.JOBMANAGER);
    int i = 0;
    for (String variable : List.copyOf(wanted.keySet())) {
      if (isRunning(owners.get(i++))) {
        wanted.remove(variable);
      }
    }
    ServicePorts.requireFree(wanted);
  }

  private void launch(Service service) {
    ManagedProcess process = process(service);
    Path data = dir.resolve(service.processName());
    // Files that queries name, such as models, are relative to the project's folder.
    boolean runsTasks = service == Service.TASKMANAGER_1 || service == Service.TASKMANAGER_2;
    process.start(command(service, data), runsTasks ? home.root() : data, Map.of());
  }

  private List<String> command(Service service, Path data) {
    try {
      Files.createDirectories(data);
      return switch (service) {
        case KAFKA -> service("kafka", data, ports.kafka(), "-Xmx512m");
        case POSTGRES -> service("postgres", data, ports.postgres(), "-Xmx64m");
        case REDIS -> {
          List<String> command = new ArrayList<>();
          command.add(RedisBinary.executable(data).toString());
          command.addAll(RedisServer.command(ports.redis(), true));
          yield command;
        }
        case JOBMANAGER ->
            new FlinkDistribution(home).jobManager(flinkOptions(data), process(service).log());
        case TASKMANAGER_1, TASKMANAGER_2 ->
            new FlinkDistribution(home)
                .taskManager(taskManagerOptions(service, data), process(service).log());
      };
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<String> service(String name, Path data, int port, String heap) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        heap,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Dmillrace.log=" + dir.resolve("log").resolve(name + ".log"),
        "-cp",
        System.getProperty("java.class.path"),
        ServiceMain.class.getName(),
        name,
        data.toString(),
        Integer.toString(port));
  }

  /** So that the cluster's list of TaskManagers says which process is which. */
  private Map<String, String> taskManagerOptions(Service service, Path data) {
    Map<String, String> options = flinkOptions(data);
    options.put(
        "taskmanager.resource-id", service.processName() + "-" + System.currentTimeMillis());
    return options;
  }

  /** Whether tasks run in a TaskManager. */
  public boolean isBusy(Service taskManager) {
    return flink().busySlots(taskManager.processName() + "-") > 0;
  }

  private Map<String, String> flinkOptions(Path data) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("jobmanager.rpc.port", Integer.toString(rpcPort));
    options.put("rest.port", Integer.toString(ports.flink()));
    options.put("execution.checkpointing.dir", dir.resolve("checkpoints").toUri().toString());
    options.put(
        "execution.checkpointing.savepoint-dir", dir.resolve("savepoints").toUri().toString());
    options.put("io.tmp.dirs", data.resolve("tmp").toString());
    options.put("process.working-dir", data.resolve("work").toString());
    return options;
  }

  private void awaitReady(Service service) {
    process(service).awaitAnswer(service.processName(), START_PATIENCE, readiness(service));
  }

  private Callable<Boolean> readiness(Service service) {
    return switch (service) {
      case KAFKA ->
          () -> {
            // A client tried too early would wait for its own timeout.
            if (Ports.isFree(ports.kafka())) {
              return false;
            }
            try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka()))) {
              return !admin.describeCluster().nodes().get().isEmpty();
            }
          };
      case POSTGRES ->
          () -> {
            connectToPostgres().close();
            return true;
          };
      case REDIS -> () -> RedisServer.answers(ports.redis());
      case JOBMANAGER -> () -> flink().taskManagers() >= 0;
      case TASKMANAGER_1, TASKMANAGER_2 ->
          () ->
              flink().taskManagers()
                  >= Stream.of(Service.TASKMANAGER_1, Service.TASKMANAGER_2)
                      .filter(this::isRunning)
                      .count();
    };
  }

  /** A new connection to the database {@code nyc}; the caller closes it. */
  public Connection connectToPostgres() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + ports.postgres() + "/nyc", "millrace", "millrace");
  }

  private String line(Service service) {
    String address =
        switch (service) {
          case KAFKA -> "127.0.0.1:" + ports.kafka();
          case POSTGRES -> "127.0.0.1:" + ports.postgres() + "/nyc";
          case REDIS -> "redis://127.0.0.1:" + ports.redis();
          case JOBMANAGER -> flink().url();
          default -> "4 slots";
        };
    return "%-14s %-26s".formatted(service.processName(), address);
  }
}
