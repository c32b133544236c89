package io.millrace.duplicates.linkage;

import java.util.TreeMap;

/**
 * How often records of different things agree: counts over all pairs of a random sample of the
 * records, those whose ids have the least hashes. A function of the set of records, in whatever
 * order they came, as long as none is forgotten; a place that one leaves is taken by the next
 * record that comes. Pairs that agree as only matches do by the guesses of {@link Comparison} are
 * left out.
 *
 * <p>A record is compared only when it gets into the sample, which of {@code n} records some {@code
 * SAMPLE * ln(n / SAMPLE)} do. NOT thread safe.
 */
final class RandomPairs {
  /** Records in the sample. */
  static final int SAMPLE = 256;

  private final Linkage linkage;
  private final MatchModel guess;
  private final TreeMap<Long, ComparedRecord> sample = new TreeMap<>();
  private final long[][] counts;

  RandomPairs(Linkage linkage, MatchModel guess) {
    this.linkage = linkage;
    this.guess = guess;
    this.counts = new long[linkage.comparisons()][];
    for (int field = 0; field < counts.length; field++) {
      counts[field] = new long[linkage.comparison(field).levels().size()];
    }
  }

  void observe(ComparedRecord record) {
    long place = Linkage.hash(record.id());
    if (sample.containsKey(place)) {
      return;
    }
    if (sample.size() == SAMPLE) {
      if (place > sample.lastKey()) {
        return;
      }
      count(sample.pollLastEntry().getValue(), -1);
    }
    count(record, 1);
    sample.put(place, record);
  }

  /** Counts the pairs of a record with the sample, in which it is not. */
  private void count(ComparedRecord record, int times) {
    for (ComparedRecord other : sample.values()) {
      PairComparison pair = linkage.compare(record, other, Linkage.NO_COSINE);
      if (guess.probabilityOf(pair) < 0.5) {
        for (int field = 0; field < counts.length; field++) {
          if (pair.level(field) != Comparison.MISSING) {
            counts[field][pair.level(field)] += times;
          }
        }
      }
    }
  }

  long count(int field, int level) {
    return counts[field][level];
  }
}
