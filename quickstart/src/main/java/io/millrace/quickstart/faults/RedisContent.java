package io.millrace.quickstart.faults;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Everything a Redis holds: every key with all fields of its hash, bytes shown as text where they
 * are text and as hexadecimal digits elsewhere.
 */
final class RedisContent {

  private static final int PAGE = 1_000;

  private final Map<String, Map<String, String>> hashes;

  RedisContent(Map<String, Map<String, String>> hashes) {
    this.hashes = hashes;
  }

  /** Reads all keys. Cost: one pass over the keyspace. */
  static RedisContent read(int port) {
    Map<String, Map<String, String>> hashes = new TreeMap<>();
    try (Jedis jedis = new Jedis(URI.create("redis://127.0.0.1:" + port))) {
      byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
      do {
        ScanResult<byte[]> page = jedis.scan(cursor, new ScanParams().count(PAGE));
        read(jedis, page.getResult(), hashes);
        cursor = page.getCursorAsBytes();
      } while (!new String(cursor, StandardCharsets.US_ASCII).equals("0"));
    }
    return new RedisContent(hashes);
  }

  private static void read(Jedis jedis, List<byte[]> keys, Map<String, Map<String, String>> into) {
    Map<String, Response<String>> types = new HashMap<>();
    Map<String, Response<Map<byte[], byte[]>>> contents = new HashMap<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      for (byte[] key : keys) {
        types.put(shown(key), pipeline.type(key));
        contents.put(shown(key), pipeline.hgetAll(key));
      }
      pipeline.sync();
    }
    for (byte[] key : keys) {
      String name = shown(key);
      if (!types.get(name).get().equals("hash")) {
        throw new IllegalStateException(
            "key " + name + " is a " + types.get(name).get() + ", expected a hash");
      }
      Map<String, String> fields = new TreeMap<>();
      contents.get(name).get().forEach((field, value) -> fields.put(shown(field), shown(value)));
      into.put(name, fields);
    }
  }

  private static String shown(byte[] bytes) {
    for (byte b : bytes) {
      if (b < ' ' || b == 0x7f) {
        return "0x" + HexFormat.of().formatHex(bytes);
      }
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  int keys() {
    return hashes.size();
  }

  Map<String, Map<String, String>> hashes() {
    return hashes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RedisContent content && content.hashes.equals(hashes);
  }

  @Override
  public int hashCode() {
    return hashes.hashCode();
  }
}
