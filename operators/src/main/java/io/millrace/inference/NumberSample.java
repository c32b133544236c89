package io.millrace.inference;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A uniform sample of numbers: every arrival draws a rank from its value, place and time, and those
 * with the smallest ranks stay. Two samples merge into one of everything. NOT thread safe.
 *
 * <p>Quantiles of a sample of n are off by at most {@code 1.63 / sqrt(n)} in rank, at a confidence
 * of 99% (Dvoretzky-Kiefer-Wolfowitz): 10% for 256.
 */
final class NumberSample {
  private record Ranked(double number, long rank) {}

  private static final Comparator<Ranked> GREATEST_FIRST =
      (a, b) -> {
        int order = Long.compareUnsigned(b.rank, a.rank);
        return order != 0 ? order : Double.compare(b.number, a.number);
      };

  private final int capacity;
  private final PriorityQueue<Ranked> kept = new PriorityQueue<>(GREATEST_FIRST);
  private long seen;

  NumberSample(int capacity) {
    this.capacity = capacity;
  }

  /**
   * @param timeMillis when the number came: without it, the arrivals of many short samples would
   *     draw the same few ranks again and again, and one of them would fill the whole sample
   */
  void add(double number, long timeMillis) {
    seen++;
    long arrival = Hashing.mix(seen) + Hashing.mix(~timeMillis);
    keep(new Ranked(number, Hashing.mix(Double.doubleToLongBits(number) * 31 + arrival)));
  }

  void add(double[] numbers, long[] ranks, long seenThere) {
    seen += seenThere;
    for (int i = 0; i < numbers.length; i++) {
      keep(new Ranked(numbers[i], ranks[i]));
    }
  }

  private void keep(Ranked arrival) {
    if (kept.size() < capacity) {
      kept.add(arrival);
    } else if (GREATEST_FIRST.compare(arrival, kept.peek()) > 0) {
      kept.poll();
      kept.add(arrival);
    }
  }

  long seen() {
    return seen;
  }

  /** In the order of {@link #ranks}. */
  double[] numbers() {
    return byRank().mapToDouble(Ranked::number).toArray();
  }

  long[] ranks() {
    return byRank().mapToLong(Ranked::rank).toArray();
  }

  private java.util.stream.Stream<Ranked> byRank() {
    Ranked[] all = kept.toArray(new Ranked[0]);
    Arrays.sort(all, GREATEST_FIRST.reversed());
    return Arrays.stream(all);
  }
}
