package io.millrace.quickstart;

import io.millrace.testkit.Ports;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a Qdrant listens on 127.0.0.1. Apart from {@link ServicePorts}, because not every machine
 * has one.
 */
public record QdrantPorts(int grpc, int http) {

  static final String URL = "QDRANT";
  static final String GRPC = "MILLRACE_QDRANT_PORT";
  static final String HTTP = "MILLRACE_QDRANT_HTTP_PORT";

  /** The usual ports, unless the environment names others. */
  public static QdrantPorts from(Map<String, String> environment) {
    return new QdrantPorts(
        ServicePorts.port(environment, GRPC, 6334), ServicePorts.port(environment, HTTP, 6333));
  }

  /** Ports that nobody uses now. */
  public static QdrantPorts anyFree() {
    return new QdrantPorts(Ports.free(), Ports.free());
  }

  /**
   * Checks that nobody listens on them.
   *
   * @throws IllegalStateException that names every port that is taken, and the cure
   */
  public void requireFree() {
    ServicePorts.requireFree(byVariable());
  }

  /** Ports by the environment variable that sets them. */
  public Map<String, Integer> byVariable() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put(GRPC, grpc);
    ports.put(HTTP, http);
    return ports;
  }

  public String url() {
    return "http://127.0.0.1:" + grpc;
  }

  /** What pipeline files ask the environment for. */
  public Map<String, String> pipelineEnvironment() {
    return Map.of(URL, url());
  }
}
