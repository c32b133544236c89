package io.millrace.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The {@code k} distinct texts with the smallest hashes: a uniform sample of the distinct values,
 * whatever the order and frequency in which they came, and the same when two samples are merged.
 * Where the k-th smallest hash lies tells how many distinct values there were ("k minimum values",
 * Bar-Yossef et al., RANDOM 2002), within {@code 1/sqrt(k - 2)} of the truth.
 *
 * <p>NOT thread safe.
 */
final class DistinctSample {
  private static final Comparator<String> BY_HASH =
      (a, b) -> {
        int order = Long.compareUnsigned(Hashing.of(a), Hashing.of(b));
        return order != 0 ? order : a.compareTo(b);
      };

  private final int capacity;
  private final TreeSet<String> texts = new TreeSet<>(BY_HASH);

  DistinctSample(int capacity) {
    this.capacity = capacity;
  }

  void add(String text) {
    if (texts.size() < capacity) {
      texts.add(text);
    } else if (BY_HASH.compare(text, texts.last()) < 0 && texts.add(text)) {
      texts.pollLast();
    }
  }

  /** In the order of hashes. */
  List<String> texts() {
    return new ArrayList<>(texts);
  }

  /** How many distinct values a full or partial sample stands for. */
  static double distinct(List<String> sample, int capacity) {
    if (sample.size() < capacity) {
      return sample.size();
    }
    double greatest = Hashing.of(sample.get(capacity - 1)) >>> 11;
    return (capacity - 1) / (greatest / (1L << 53));
  }
}
