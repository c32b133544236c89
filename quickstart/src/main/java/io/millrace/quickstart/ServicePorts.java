package io.millrace.quickstart;

import io.millrace.testkit.Ports;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the services listen on 127.0.0.1.
 *
 * @param flink the web UI and REST interface
 */
public record ServicePorts(int kafka, int postgres, int redis, int flink) {

  /** Of the SQL gateway, which a quickstart does without. */
  public static final String SQL_GATEWAY = "MILLRACE_SQL_PORT";

  private static final String KAFKA = "MILLRACE_KAFKA_PORT";
  private static final String POSTGRES = "MILLRACE_POSTGRES_PORT";
  private static final String REDIS = "MILLRACE_REDIS_PORT";
  private static final String FLINK = "MILLRACE_FLINK_PORT";

  /** The usual ports, unless the environment names others. */
  public static ServicePorts from(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    ServicePorts ports =
        new ServicePorts(
            port(environment, KAFKA, 9092, problems),
            port(environment, POSTGRES, 5432, problems),
            port(environment, REDIS, 6379, problems),
            port(environment, FLINK, 8081, problems));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return ports;
  }

  /** Ports that nobody uses now. */
  public static ServicePorts anyFree() {
    return new ServicePorts(Ports.free(), Ports.free(), Ports.free(), Ports.free());
  }

  /**
   * A port that the environment names, or the usual one.
   *
   * @throws IllegalArgumentException if what it names is no port
   */
  public static int port(Map<String, String> environment, String name, int usual) {
    List<String> problems = new ArrayList<>();
    int port = port(environment, name, usual, problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems.get(0));
    }
    return port;
  }

  private static int port(
      Map<String, String> environment, String name, int usual, List<String> problems) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      return usual;
    }
    try {
      int port = Integer.parseInt(value.strip());
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, as a number out of range is.
    }
    problems.add(name + "=" + value + " is not a port: expected a number from 1 to 65535");
    return usual;
  }

  /**
   * Checks that nobody listens on any of the ports.
   *
   * @throws IllegalStateException that names every port that is taken, and the cure
   */
  public void requireFree() {
    requireFree(byVariable());
  }

  /** As {@link #requireFree()}, for ports by the variable that sets them. */
  public static void requireFree(Map<String, Integer> ports) {
    Map<String, Integer> taken = new LinkedHashMap<>();
    ports.forEach(
        (variable, port) -> {
          if (!Ports.isFree(port)) {
            taken.put(variable, port);
          }
        });
    if (taken.isEmpty()) {
      return;
    }
    String found =
        taken.entrySet().stream()
            .map(entry -> entry.getValue() + " (" + service(entry.getKey()) + ")")
            .collect(Collectors.joining(", "));
    String cure =
        taken.keySet().stream()
            .map(variable -> variable + "=" + Ports.free())
            .collect(Collectors.joining(" "));
    throw new IllegalStateException(
        "taken on 127.0.0.1: port "
            + found
            + ". Stop what listens there, or choose other ports, for example: "
            + cure);
  }

  /** Ports by the environment variable that sets them. */
  public Map<String, Integer> byVariable() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put(KAFKA, kafka);
    ports.put(POSTGRES, postgres);
    ports.put(REDIS, redis);
    ports.put(FLINK, flink);
    return ports;
  }

  private static String service(String variable) {
    return switch (variable) {
      case KAFKA -> "Kafka";
      case POSTGRES -> "Postgres";
      case REDIS -> "Redis";
      case FLINK -> "Flink's web UI";
      case SQL_GATEWAY -> "Flink's SQL gateway";
      case QdrantPorts.GRPC -> "Qdrant's gRPC";
      case QdrantPorts.HTTP -> "Qdrant's HTTP";
      default -> "Flink's JobManager";
    };
  }

  /** What pipeline files ask the environment for, as {@code conf/pipelines/flights.yaml} does. */
  public Map<String, String> pipelineEnvironment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("KAFKA", "127.0.0.1:" + kafka);
    environment.put("PG_HOST", "127.0.0.1");
    environment.put("PG_PORT", Integer.toString(postgres));
    environment.put("PG_DATABASE", "nyc");
    environment.put("PG_USER", "millrace");
    environment.put("PG_PASSWORD", "millrace");
    environment.put("REDIS", "redis://127.0.0.1:" + redis);
    return environment;
  }
}
