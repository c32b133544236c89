package io.millrace.inference;

import java.util.HashMap;
import java.util.Map;

/**
 * The most frequent texts and how often they came (Misra and Gries, "Finding repeated elements",
 * 1982, with the batched decrement of Anderson et al., <a
 * href="https://arxiv.org/abs/1705.07001">arXiv:1705.07001</a>). A count is never too high, and too
 * low by at most {@code seen / capacity}. Mergeable. NOT thread safe.
 */
final class FrequentTexts {
  private final int capacity;
  private final Map<String, Long> counts = new HashMap<>();

  FrequentTexts(int capacity) {
    this.capacity = capacity;
  }

  void add(String text, long times) {
    counts.merge(text, times, Long::sum);
    if (counts.size() >= 2 * capacity) {
      prune();
    }
  }

  void add(Map<String, Long> others) {
    others.forEach((text, times) -> counts.merge(text, times, Long::sum));
    if (counts.size() > capacity) {
      prune();
    }
  }

  /** At most {@code capacity} texts. */
  Map<String, Long> counts() {
    if (counts.size() > capacity) {
      prune();
    }
    return new HashMap<>(counts);
  }

  private void prune() {
    long[] all = counts.values().stream().mapToLong(Long::longValue).sorted().toArray();
    long taken = all[all.length - 1 - capacity];
    counts.values().removeIf(times -> times <= taken);
    counts.replaceAll((text, times) -> times - taken);
  }
}
