package io.millrace.online;

import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.RedisSignIn;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Where Redis is and how to sign in: {@code redis[s]://[[user:]password@]host[:port][/db]}, see
 * {@link RedisSignIn}. Printing it shows neither user nor password.
 */
final class RedisAddress implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /**
   * A server may be silent this long (it forks, or its disk is slow) before the connection counts
   * as lost and the batch is sent again over a new one.
   */
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(10);

  private final String url;
  private final String host;
  private final int port;
  private final boolean cluster;

  private RedisAddress(String url, String host, int port, boolean cluster) {
    this.url = url;
    this.host = host;
    this.port = port;
    this.cluster = cluster;
  }

  /**
   * @throws IllegalArgumentException if the URL is not one; the message does not repeat it, because
   *     it may hold a password
   */
  static RedisAddress of(OnlineStore store) {
    String expected =
        "; expected redis[s]://[[user:]password@]host[:port][/db], with special characters in user"
            + " and password percent-encoded";
    URI uri;
    try {
      uri = new URI(store.redis().value());
    } catch (URISyntaxException malformed) {
      throw new IllegalArgumentException(
          "online_store.redis is not a URL: %s at character %d%s"
              .formatted(malformed.getReason(), malformed.getIndex(), expected));
    }
    if (!JedisURIHelper.isRedisScheme(uri) && !JedisURIHelper.isRedisSSLScheme(uri)) {
      throw new IllegalArgumentException(
          "online_store.redis has the scheme %s%s".formatted(uri.getScheme(), expected));
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("online_store.redis names no host" + expected);
    }
    RedisAddress address =
        new RedisAddress(
            store.redis().value(),
            uri.getHost(),
            uri.getPort() < 0 ? 6379 : uri.getPort(),
            store.cluster());
    try {
      if (address.cluster && address.database() != 0) {
        throw new IllegalArgumentException(
            "online_store.redis names database %d, but a Redis Cluster has only database 0"
                .formatted(address.database()));
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "online_store.redis names the database %s, which is not a number%s"
              .formatted(uri.getPath(), expected),
          notANumber);
    }
    return address;
  }

  boolean isCluster() {
    return cluster;
  }

  HostAndPort node() {
    return new HostAndPort(host, port);
  }

  private int database() {
    URI uri = URI.create(url);
    return JedisURIHelper.hasDbIndex(uri) ? JedisURIHelper.getDBIndex(uri) : 0;
  }

  JedisClientConfig clientConfig() {
    URI uri = URI.create(url);
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis((int) CONNECT_TIMEOUT.toMillis())
            .socketTimeoutMillis((int) REPLY_TIMEOUT.toMillis())
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .clientName("millrace")
            .database(database());
    RedisSignIn signIn = RedisSignIn.of(uri);
    if (signIn.isGiven()) {
      config.user(signIn.user().orElse(null)).password(signIn.password().value());
    }
    if (JedisURIHelper.isRedisSSLScheme(uri)) {
      // Certificate and host name are verified, against the JVM's trust store.
      config.sslOptions(SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
    }
    return config.build();
  }

  @Override
  public String toString() {
    return (cluster ? "Redis Cluster at " : "Redis at ") + host + ":" + port;
  }
}
