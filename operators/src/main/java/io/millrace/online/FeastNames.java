package io.millrace.online;

import io.millrace.pipeline.OnlineStore;
import java.net.URI;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.util.JedisURIHelper;

/** How Feast's SDK names what {@link FeastLayout} writes: types, and the Redis it is in. */
public final class FeastNames {

  private FeastNames() {}

  /**
   * A type of {@code feast.types}, for example {@code Int64} or {@code Array(Float64)}.
   *
   * @throws IllegalArgumentException if Feast has no such type
   */
  public static String type(LogicalType type) {
    if (type instanceof ArrayType array) {
      return "Array(" + type(array.getElementType()) + ")";
    }
    return switch (FeastValues.number(type)) {
      case 1 -> "Bytes";
      case 2 -> "String";
      case 3 -> "Int32";
      case 4 -> "Int64";
      case 5 -> "Float64";
      case 6 -> "Float32";
      case 7 -> "Bool";
      default -> "UnixTimestamp";
    };
  }

  /**
   * The {@code connection_string} of Feast's Redis store. User and password are not in it, but the
   * names of environment variables, which Feast puts in their place.
   *
   * @param user environment variable, asked for when the store has a user
   * @param password environment variable, asked for when the store has a password
   */
  public static String connection(OnlineStore store, String user, String password) {
    RedisAddress address = RedisAddress.of(store);
    JedisClientConfig client = address.clientConfig();
    StringBuilder connection = new StringBuilder(address.node().toString());
    if (JedisURIHelper.isRedisSSLScheme(URI.create(store.redis().value()))) {
      connection.append(",ssl=true");
    }
    if (client.getDatabase() != 0) {
      connection.append(",db=").append(client.getDatabase());
    }
    if (client.getUser() != null) {
      connection.append(",username=${").append(user).append('}');
    }
    if (client.getPassword() != null) {
      connection.append(",password=${").append(password).append('}');
    }
    return connection.toString();
  }
}
