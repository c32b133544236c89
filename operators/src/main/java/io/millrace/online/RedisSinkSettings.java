package io.millrace.online;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a batch is sent.
 *
 * @param batchEntities at the latest with this many entities
 * @param batchBytes at the latest with this many bytes of keys and values
 * @param linger at the latest this long after its first vector: what batching adds to freshness
 * @param maxEntityBytes keys and values of one entity that are longer are refused without asking
 *     Redis, whose own limit ({@code proto-max-bulk-len}, 512 MiB) would cost the connection
 * @param patience how long Redis may be away before the job fails
 */
record RedisSinkSettings(
    int batchEntities, int batchBytes, Duration linger, int maxEntityBytes, Duration patience)
    implements Serializable {

  private static final int MAX_ENTITY_BYTES = 64 << 20;

  RedisSinkSettings {
    if (batchEntities < 1 || batchBytes < 1 || linger.toMillis() < 1) {
      throw new IllegalArgumentException(
          "batch of %d entities, %d bytes, %s: each must be at least 1, and linger at least 1 ms"
              .formatted(batchEntities, batchBytes, linger));
    }
  }

  static RedisSinkSettings withPatience(Duration patience) {
    return new RedisSinkSettings(500, 1 << 20, Duration.ofMillis(5), MAX_ENTITY_BYTES, patience);
  }
}
