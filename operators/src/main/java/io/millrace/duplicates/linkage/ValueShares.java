package io.millrace.duplicates.linkage;

import java.util.HashMap;
import java.util.Map;

/**
 * What it adds that an agreeing value is rare, and takes that it is frequent: two records of
 * different things share the value {@code v} with probability proportional to its share of the
 * records, so that the weight of the average value is corrected by {@code log2(average share /
 * share of v)}, where the average is over agreeing pairs. Immutable.
 */
final class ValueShares {
  /** No value is worth more, or less, than the average one by more than this. */
  private static final double MOST_BITS = 5;

  private static final double LOG2 = Math.log(2);

  private final float[] rareBits;
  private final Map<Long, Float>[] frequentBits;

  private ValueShares(float[] rareBits, Map<Long, Float>[] frequentBits) {
    this.rareBits = rareBits;
    this.frequentBits = frequentBits;
  }

  static ValueShares of(ValueCounts[] fields) {
    float[] rareBits = new float[fields.length];
    @SuppressWarnings({"unchecked", "rawtypes"})
    Map<Long, Float>[] frequentBits = new Map[fields.length];
    for (int field = 0; field < fields.length; field++) {
      frequentBits[field] = new HashMap<>();
      rareBits[field] = shares(fields[field], frequentBits[field]);
    }
    return new ValueShares(rareBits, frequentBits);
  }

  /** Fills in the frequent values; returns what the others are worth. */
  private static float shares(ValueCounts field, Map<Long, Float> frequent) {
    if (field.total() == 0) {
      return 0;
    }
    // One more of each, so that a value seen for the first time has a share as well.
    double total = field.total() + field.distinct();
    double agreeing = 0;
    double known = 0;
    for (long times : field.counts().values()) {
      double share = (times + 1) / total;
      agreeing += share * share;
      known += share;
    }
    long others = Math.max(1, field.distinct() - field.counts().size());
    double rare = Math.max((1 - known) / others, 1 / total);
    agreeing += others * rare * rare;
    double average = agreeing;
    field.counts().forEach((hash, times) -> frequent.put(hash, bits(average, (times + 1) / total)));
    return bits(average, rare);
  }

  private static float bits(double average, double share) {
    double bits = Math.log(average / share) / LOG2;
    return (float) Math.max(-MOST_BITS, Math.min(MOST_BITS, bits));
  }

  double rarityBits(int field, long hash) {
    return frequentBits[field].getOrDefault(hash, rareBits[field]);
  }
}
