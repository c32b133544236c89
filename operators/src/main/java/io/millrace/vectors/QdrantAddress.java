package io.millrace.vectors;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Secret;
import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * Where a Qdrant listens for gRPC.
 *
 * @param tls whether the address began with {@code https}
 * @param apiKey empty for none; never printed
 */
record QdrantAddress(String host, int port, boolean tls, String apiKey) implements Serializable {

  private static final int DEFAULT_GRPC_PORT = 6334;
  private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);

  /**
   * @throws IllegalArgumentException if the URL is no {@code http[s]://host[:port]}
   */
  static QdrantAddress of(QdrantSpec spec) {
    URI uri;
    try {
      uri = URI.create(spec.url());
    } catch (IllegalArgumentException e) {
      throw malformed(spec.url());
    }
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    if (uri.getHost() == null || !(tls || "http".equalsIgnoreCase(uri.getScheme()))) {
      throw malformed(spec.url());
    }
    return new QdrantAddress(
        uri.getHost(),
        uri.getPort() < 0 ? DEFAULT_GRPC_PORT : uri.getPort(),
        tls,
        spec.apiKey().map(Secret::value).orElse(""));
  }

  private static IllegalArgumentException malformed(String url) {
    return new IllegalArgumentException(
        "qdrant.url is \"" + url + "\"; expected http[s]://host:port of Qdrant's gRPC interface");
  }

  QdrantClient connect() {
    QdrantGrpcClient.Builder builder = QdrantGrpcClient.newBuilder(host, port, tls, false);
    builder.withTimeout(REQUEST_PATIENCE);
    if (!apiKey.isEmpty()) {
      builder.withApiKey(apiKey);
    }
    return new QdrantClient(builder.build());
  }

  @Override
  public String toString() {
    return "Qdrant at " + host + ":" + port;
  }
}
