package io.millrace.matching;

import io.millrace.inference.FieldEvidence;
import io.millrace.inference.TypeCounts;
import io.millrace.inference.ValueKind;
import io.millrace.inference.ValueSketch;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How alike the values of two fields are, and how much that says.
 *
 * @param likeness from 0, nothing in common, to 1, the same distribution
 * @param weight from 0, nothing can be said (few values, or values that many fields have, such as
 *     truth values), to 1
 * @param reason for people; names no values
 */
record ValueFit(double likeness, double weight, String reason) {

  /** At this many values half of what a distribution says can be trusted. */
  private static final double HALF_TRUSTED = 12;

  /** Bits of entropy at which values are as telling as they get. */
  private static final double TELLING_BITS = 5;

  /**
   * Many columns of numbers are distributed alike: however alike they are, it says no more than
   * this.
   */
  private static final double NUMBERS_SAY = 0.7;

  /** Likeness at most of numbers that have the same magnitude but another distribution. */
  private static final double WANDERED = 0.6;

  private static final ValueFit UNKNOWN = new ValueFit(0.5, 0, "");

  static ValueFit of(FieldEvidence from, FieldEvidence to) {
    long fewer = Math.min(from.present(), to.present());
    if (fewer == 0) {
      return UNKNOWN;
    }
    double trust = fewer / (fewer + HALF_TRUSTED);
    ValueSketch a = from.values();
    ValueSketch b = to.values();
    boolean numbers = a.numbersSeen() * 2 > a.valuesSeen() && b.numbersSeen() * 2 > b.valuesSeen();
    boolean repeated = repeats(from) && repeats(to);
    double telling = Math.min(1, Math.min(bits(from), bits(to)) / TELLING_BITS);
    if (isTime(from) && isTime(to)) {
      return times(a, b, trust);
    }
    if (numbers) {
      return numbers(a, b, trust * (0.2 + 0.8 * telling));
    }
    if (repeated) {
      double common = commonShare(a.frequent(), b.frequent());
      return new ValueFit(
          common, trust * (0.2 + 0.8 * telling), percent(common) + " of the values in common");
    }
    double shapes = commonShare(a.shapes(), b.shapes());
    double lengths = commonLengths(a.lengths(), b.lengths());
    double shared = sampleOverlap(from, to);
    double likeness = Math.max(0.6 * shapes + 0.4 * lengths, shared);
    return new ValueFit(
        likeness,
        trust * (shared > 0.3 ? 1 : 0.6),
        percent(shapes) + " of the texts of the same shape");
  }

  /** Time goes on: that new times lie after the old ones says little, and it does not say no. */
  private static ValueFit times(ValueSketch a, ValueSketch b, double trust) {
    double distance = ksDistance(a.sortedNumbers(), b.sortedNumbers());
    return distance < 0.3
        ? new ValueFit(1 - distance, trust * NUMBERS_SAY, "times of the same range")
        : new ValueFit(0.6, trust * NUMBERS_SAY, "both are times");
  }

  /**
   * Compares the distributions; where these differ, the magnitudes, since figures such as prices
   * wander.
   */
  private static ValueFit numbers(ValueSketch a, ValueSketch b, double weight) {
    double[] left = a.sortedNumbers();
    double[] right = b.sortedNumbers();
    double distance = ksDistance(left, right);
    double allowed = 1.2 * Math.sqrt(1.0 / left.length + 1.0 / right.length);
    double likeness = 1 - Math.max(0, distance - Math.min(0.3, allowed));
    double magnitude = WANDERED * magnitude(left, right);
    return likeness >= magnitude
        ? new ValueFit(likeness, weight * NUMBERS_SAY, numberReason(likeness))
        : new ValueFit(magnitude, weight * NUMBERS_SAY, "numbers of the same magnitude");
  }

  /** 1 for equal medians and spreads, 0 where one of them differs by a factor of four or more. */
  private static double magnitude(double[] a, double[] b) {
    double medians = ratio(middle(a), middle(b));
    double spreads = ratio(spread(a), spread(b));
    return Math.min(medians, spreads);
  }

  private static double ratio(double a, double b) {
    if (a == b) {
      return 1;
    }
    if (a == 0 || b == 0 || Math.signum(a) != Math.signum(b)) {
      return 0;
    }
    return Math.max(0, 1 - Math.abs(Math.log(a / b)) / Math.log(4));
  }

  private static double middle(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  private static double spread(double[] sorted) {
    return sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4];
  }

  private static boolean isTime(FieldEvidence field) {
    TypeCounts types = field.types().getOrDefault("", TypeCounts.none());
    long times =
        types.of(ValueKind.DATE)
            + types.of(ValueKind.LOCAL_TIMESTAMP)
            + types.of(ValueKind.ZONED_TIMESTAMP)
            + Math.max(types.epochMillis(), types.epochMicros());
    return times * 2 > types.present();
  }

  private static String numberReason(double likeness) {
    return likeness > 0.9
        ? "the same distribution of values"
        : likeness > 0.7 ? "a similar distribution of values" : "another distribution of values";
  }

  private static String percent(double share) {
    return Math.round(share * 100) + "%";
  }

  /** Whether values come again and again, so that their frequencies can be compared. */
  private static boolean repeats(FieldEvidence field) {
    return field.present() >= 4 * field.distinct()
        || field.distinct() < FieldEvidence.SAMPLE && field.present() > 1.5 * field.distinct();
  }

  /** Entropy of the values, at least from their number: log2 of the distinct ones. */
  private static double bits(FieldEvidence field) {
    if (!repeats(field)) {
      return Math.log(Math.max(1, field.distinct())) / Math.log(2);
    }
    double total = field.values().valuesSeen();
    double bits = 0;
    for (long count : field.values().frequent().values()) {
      double share = count / total;
      bits -= share * Math.log(share) / Math.log(2);
    }
    return bits;
  }

  /** Two-sample Kolmogorov-Smirnov distance of sorted samples. */
  static double ksDistance(double[] a, double[] b) {
    double distance = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      double at = Math.min(a[i], b[j]);
      while (i < a.length && a[i] <= at) {
        i++;
      }
      while (j < b.length && b[j] <= at) {
        j++;
      }
      distance = Math.max(distance, Math.abs((double) i / a.length - (double) j / b.length));
    }
    return distance;
  }

  /** Overlap of two distributions: 1 minus their total variation distance. */
  private static double commonShare(Map<String, Long> a, Map<String, Long> b) {
    double totalA = a.values().stream().mapToLong(Long::longValue).sum();
    double totalB = b.values().stream().mapToLong(Long::longValue).sum();
    if (totalA == 0 || totalB == 0) {
      return 0;
    }
    double common = 0;
    for (Map.Entry<String, Long> entry : a.entrySet()) {
      Long there = b.get(entry.getKey());
      if (there != null) {
        common += Math.min(entry.getValue() / totalA, there / totalB);
      }
    }
    return common;
  }

  private static double commonLengths(long[] a, long[] b) {
    double totalA = 0;
    double totalB = 0;
    for (int i = 0; i < a.length; i++) {
      totalA += a[i];
      totalB += b[i];
    }
    if (totalA == 0 || totalB == 0) {
      return 0;
    }
    double distance = 0;
    double cumulated = 0;
    for (int i = 0; i < a.length; i++) {
      cumulated += a[i] / totalA - b[i] / totalB;
      distance = Math.max(distance, Math.abs(cumulated));
    }
    return 1 - distance;
  }

  /** Share of the smaller sample that is in the other: both keep the same values, by their hash. */
  private static double sampleOverlap(FieldEvidence a, FieldEvidence b) {
    Set<String> common = new HashSet<>(a.sample());
    common.retainAll(new HashSet<>(b.sample()));
    return (double) common.size() / Math.max(1, Math.min(a.sample().size(), b.sample().size()));
  }
}
