package io.millrace.online;

import java.util.List;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisBusyException;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Which failures of Redis pass by themselves, so that trying again makes sense. */
final class Outage {

  /**
   * Loading its data, a replica after a failover, a full store, a full disk, too few replicas,
   * slots on the move. Redis 6 wraps the error of a script's command, so it may stand anywhere in
   * the text.
   */
  private static final List<String> PASSING =
      List.of(
          "LOADING ",
          "READONLY ",
          "MASTERDOWN ",
          "OOM ",
          "MISCONF ",
          "NOREPLICAS ",
          "TRYAGAIN ",
          "CLUSTERDOWN ",
          "max number of clients");

  /** What Redis answers when it is one key or one value that it does not take. */
  private static final List<String> OF_ONE_ENTITY =
      List.of("WRONGTYPE", "string exceeds maximum allowed size");

  private Outage() {}

  /**
   * Whether the entity that was written is at fault, so that the others of its batch can be
   * written.
   */
  static boolean isOfOneEntity(JedisException failure) {
    String message = failure.getMessage();
    return failure instanceof JedisDataException
        && message != null
        && OF_ONE_ENTITY.stream().anyMatch(message::contains);
  }

  static boolean mayPass(JedisException failure) {
    if (failure instanceof JedisAccessControlException) {
      return false;
    }
    if (failure instanceof JedisConnectionException
        || failure instanceof JedisRedirectionException
        || failure instanceof JedisClusterException
        || failure instanceof JedisNoScriptException
        || failure instanceof JedisBusyException) {
      return true;
    }
    String message = failure.getMessage();
    return message != null && PASSING.stream().anyMatch(message::contains);
  }

  /** What went wrong, with the cause that lies deepest and without the full stop at its end. */
  static String words(JedisException failure) {
    Throwable root = failure;
    while (root.getCause() != null || root.getSuppressed().length > 0) {
      // Jedis tries all addresses of a host, and keeps what came of it as suppressed.
      root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
    }
    String own = plain(failure);
    String deepest = plain(root);
    return own.contains(deepest) ? own : own + " (" + deepest + ")";
  }

  private static String plain(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getSimpleName();
    }
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }

  /** What to do about a failure that does not pass. */
  static String cure(JedisException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof JedisAccessControlException
        || message.contains("can't run this command")
        || message.contains("ACL failure")) {
      return "Check the user and password in online_store.redis, and that the user may run EVALSHA,"
          + " SCRIPT LOAD, HGET, HSET, HDEL, HKEYS, HLEN, DEL, PTTL, PEXPIRE and PERSIST on the"
          + " keys (to read HMGET, in a cluster CLUSTER SLOTS and ASKING)";
    }
    if (message.contains("WRONGTYPE")) {
      return "A key of this view holds something that is not a hash: remove it, or choose another"
          + " pipeline or project name";
    }
    if (message.contains("cross-slot")
        || message.contains("cluster support disabled")
        || message.contains("CROSSSLOT")) {
      return "Check online_store.cluster: it says whether the address is a node of a Redis Cluster";
    }
    return "Redis 6.2 or later is needed";
  }
}
