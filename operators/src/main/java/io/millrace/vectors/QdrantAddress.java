package io.millrace.vectors;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Secret;
import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;

/**
 * Where a Qdrant listens for gRPC.
 *
 * @param tls whether the address began with {@code https}
 * @param apiKey empty for none; never printed
 * @param authorities certificates as PEM that the server's has to be signed by; empty: whom Java
 *     trusts
 */
record QdrantAddress(String host, int port, boolean tls, String apiKey, String authorities)
    implements Serializable {

  private static final int DEFAULT_GRPC_PORT = 6334;
  private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);

  /** gRPC's own 4 MB are a thousand points with long texts. */
  private static final int LARGEST_ANSWER_BYTES = 64 << 20;

  /**
   * @throws IllegalArgumentException if the URL is no {@code http[s]://host[:port]}, or the file of
   *     certificates cannot be read
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
        spec.apiKey().map(Secret::value).orElse(""),
        spec.caFile().map(QdrantAddress::certificates).orElse(""));
  }

  /** Read where the job is submitted, so that TaskManagers need no file. */
  private static String certificates(String file) {
    String found;
    try {
      found = Files.readString(Path.of(file));
      if (!CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(found.getBytes(StandardCharsets.UTF_8)))
          .isEmpty()) {
        return found;
      }
    } catch (IOException | CertificateException unreadable) {
      throw new IllegalArgumentException(
          "qdrant.ca_file %s cannot be read: %s; expected certificates as PEM"
              .formatted(Path.of(file).toAbsolutePath(), unreadable),
          unreadable);
    }
    throw new IllegalArgumentException(
        "qdrant.ca_file %s holds no certificate; expected certificates as PEM"
            .formatted(Path.of(file).toAbsolutePath()));
  }

  private static IllegalArgumentException malformed(String url) {
    return new IllegalArgumentException(
        "qdrant.url is \"" + url + "\"; expected http[s]://host:port of Qdrant's gRPC interface");
  }

  /** A connection is made with the first request. */
  QdrantClient connect() {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(host, port, credentials())
            .maxInboundMessageSize(LARGEST_ANSWER_BYTES)
            .build();
    QdrantGrpcClient.Builder builder = QdrantGrpcClient.newBuilder(channel, true, false);
    builder.withTimeout(REQUEST_PATIENCE);
    if (!apiKey.isEmpty()) {
      builder.withApiKey(apiKey);
    }
    return new QdrantClient(builder.build());
  }

  private ChannelCredentials credentials() {
    if (!tls) {
      return InsecureChannelCredentials.create();
    }
    if (authorities.isEmpty()) {
      return TlsChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder()
          .trustManager(new ByteArrayInputStream(authorities.getBytes(StandardCharsets.UTF_8)))
          .build();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public String toString() {
    return "Qdrant at " + host + ":" + port;
  }
}
