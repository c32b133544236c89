package io.millrace.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Qdrant server in a process of its own, on 127.0.0.1. Writes that were acknowledged with {@code
 * wait} survive {@link #kill()}: they are in its log.
 */
public final class QdrantServer extends ServerProcess {

  private final int httpPort;
  private final int grpcPort;
  private final String apiKey;
  private final Optional<ServerCertificate> certificate;

  private QdrantServer(
      Path dir,
      int httpPort,
      int grpcPort,
      String apiKey,
      Optional<ServerCertificate> certificate) {
    super("Qdrant", dir, List.of(grpcPort, httpPort));
    this.httpPort = httpPort;
    this.grpcPort = grpcPort;
    this.apiKey = apiKey;
    this.certificate = certificate;
  }

  /** Starts a server on free ports that keeps its files in {@code dir}. */
  public static QdrantServer start(Path dir) {
    return start(dir, Ports.free(), Ports.free(), "");
  }

  /**
   * Starts a server; an existing directory is continued.
   *
   * @param apiKey asked of every client; empty for none
   * @throws IllegalStateException if a port is taken or the server does not come up
   */
  public static QdrantServer start(Path dir, int httpPort, int grpcPort, String apiKey) {
    QdrantServer qdrant = new QdrantServer(dir, httpPort, grpcPort, apiKey, Optional.empty());
    qdrant.start();
    return qdrant;
  }

  /** Starts a server on free ports that speaks TLS only. */
  public static QdrantServer startWithTls(Path dir, ServerCertificate certificate) {
    QdrantServer qdrant =
        new QdrantServer(dir, Ports.free(), Ports.free(), "", Optional.of(certificate));
    qdrant.start();
    return qdrant;
  }

  /**
   * What a server bound to 127.0.0.1 finds in its environment.
   *
   * @param dir where it keeps its files
   */
  public static Map<String, String> environment(
      Path dir, int httpPort, int grpcPort, String apiKey) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("QDRANT__STORAGE__STORAGE_PATH", dir.resolve("storage").toString());
    environment.put("QDRANT__STORAGE__SNAPSHOTS_PATH", dir.resolve("snapshots").toString());
    environment.put("QDRANT__SERVICE__HOST", "127.0.0.1");
    environment.put("QDRANT__SERVICE__HTTP_PORT", Integer.toString(httpPort));
    environment.put("QDRANT__SERVICE__GRPC_PORT", Integer.toString(grpcPort));
    environment.put("QDRANT__TELEMETRY_DISABLED", "true");
    environment.put("QDRANT__LOG_LEVEL", "WARN");
    if (!apiKey.isEmpty()) {
      environment.put("QDRANT__SERVICE__API_KEY", apiKey);
    }
    return environment;
  }

  @Override
  List<String> command() throws IOException {
    return List.of(QdrantBinary.executable().toString(), "--disable-telemetry");
  }

  @Override
  Map<String, String> environment() {
    Map<String, String> environment = environment(dir(), httpPort, grpcPort, apiKey);
    certificate.ifPresent(
        it -> {
          environment.put("QDRANT__SERVICE__ENABLE_TLS", "true");
          environment.put("QDRANT__TLS__CERT", it.certificate().toAbsolutePath().toString());
          environment.put("QDRANT__TLS__KEY", it.key().toAbsolutePath().toString());
        });
    return environment;
  }

  @Override
  boolean answers() {
    // It opens its ports when it is ready.
    return certificate.isPresent()
        ? !Ports.isFree(grpcPort) && !Ports.isFree(httpPort)
        : answers(httpPort);
  }

  /** Whether a Qdrant that takes requests listens on a local HTTP port. */
  public static boolean answers(int httpPort) {
    try {
      HttpResponse<Void> response =
          HttpClient.newBuilder()
              .connectTimeout(Duration.ofMillis(500))
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/readyz"))
                      .timeout(Duration.ofSeconds(1))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
      return response.statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Where gRPC clients connect: {@code http[s]://127.0.0.1:<port>}. */
  public String url() {
    return (certificate.isPresent() ? "https" : "http") + "://127.0.0.1:" + grpcPort;
  }

  public int grpcPort() {
    return grpcPort;
  }

  public int httpPort() {
    return httpPort;
  }
}
