package io.millrace.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * The events of a benchmark, made once and kept as plain arrays, so that all contestants are given
 * the same and none waits for their making. Keys are drawn with Zipf's law (exponent 1), one event
 * in twenty comes up to five minutes too late.
 */
final class Rides {
  static final long START_MILLIS = 1_700_000_040_000L;
  static final long OUT_OF_ORDERNESS_MILLIS = 300_000;
  static final int KEYS = 100_000;
  private static final int ONE_IN_OUT_OF_ORDER = 20;

  final int[] keys;
  final long[] times;
  final int[] values;

  /** The same as JSON documents; null when contestants are given rows. */
  final byte[][] documents;

  private Rides(int[] keys, long[] times, int[] values, byte[][] documents) {
    this.keys = keys;
    this.times = times;
    this.values = values;
    this.documents = documents;
  }

  static Rides over(long spanMillis, int events, long seed) {
    Random random = new Random(seed);
    double[] below = zipf();
    int[] keys = new int[events];
    long[] times = new long[events];
    int[] values = new int[events];
    for (int i = 0; i < events; i++) {
      int rank = Arrays.binarySearch(below, random.nextDouble());
      keys[i] = Math.min(rank < 0 ? -rank - 1 : rank, KEYS - 1);
      long delay =
          random.nextInt(ONE_IN_OUT_OF_ORDER) == 0
              ? (long) (random.nextDouble() * OUT_OF_ORDERNESS_MILLIS)
              : 0;
      times[i] =
          Math.max(START_MILLIS, START_MILLIS + (long) ((double) i / events * spanMillis) - delay);
      values[i] = random.nextInt(10_000) - 1_000;
    }
    return new Rides(keys, times, values, null);
  }

  /** The same rides as JSON documents that are yet to be decoded. */
  Rides asJson() {
    byte[][] json = new byte[keys.length][];
    for (int i = 0; i < json.length; i++) {
      json[i] =
          ("{\"k\":" + keys[i] + ",\"v\":" + values[i] + "}").getBytes(StandardCharsets.US_ASCII);
    }
    return new Rides(keys, times, values, json);
  }

  private static double[] zipf() {
    double[] below = new double[KEYS];
    double sum = 0;
    for (int rank = 0; rank < KEYS; rank++) {
      sum += 1.0 / (rank + 1);
      below[rank] = sum;
    }
    for (int rank = 0; rank < KEYS; rank++) {
      below[rank] /= sum;
    }
    return below;
  }

  int size() {
    return keys.length;
  }

  /** How many different keys there are. */
  int distinctKeys() {
    return distinctKeysWithin(Long.MAX_VALUE);
  }

  /** How many different keys have an event within so many milliseconds before the last one. */
  int distinctKeysWithin(long millis) {
    long newest = times[times.length - 1];
    boolean[] seen = new boolean[KEYS];
    int distinct = 0;
    for (int i = 0; i < keys.length; i++) {
      if (newest - times[i] < millis && !seen[keys[i]]) {
        seen[keys[i]] = true;
        distinct++;
      }
    }
    return distinct;
  }
}
