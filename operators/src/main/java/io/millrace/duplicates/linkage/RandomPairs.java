package io.millrace.duplicates.linkage;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * How often records of different things agree: counts over all pairs of a random sample of the
 * records, those whose ids have the least hashes. A function of the set of records, in whatever
 * order they came, as long as none is forgotten; a place that one leaves is taken by the next
 * record that comes. Pairs that agree as only matches do by the guesses of {@link Comparison} are
 * left out.
 *
 * <p>Counting costs {@code SAMPLE^2 / 2} comparisons, once for each estimate at most. NOT thread
 * safe.
 */
final class RandomPairs {
  /** Records in the sample. */
  static final int SAMPLE = 256;

  private final Linkage linkage;
  private final MatchModel guess;
  private final TreeMap<Long, ComparedRecord> sample = new TreeMap<>();
  private long[][] counts;

  RandomPairs(Linkage linkage, MatchModel guess) {
    this.linkage = linkage;
    this.guess = guess;
  }

  void observe(ComparedRecord record) {
    long place = Linkage.hash(record.id());
    if (sample.size() == SAMPLE && place > sample.lastKey()) {
      return;
    }
    sample.put(place, record);
    if (sample.size() > SAMPLE) {
      sample.pollLastEntry();
    }
    counts = null;
  }

  /** Of random pairs those that agree in a field to this level. */
  long count(int field, int level) {
    if (counts == null) {
      count();
    }
    return counts[field][level];
  }

  private void count() {
    counts = new long[linkage.comparisons()][];
    for (int field = 0; field < counts.length; field++) {
      counts[field] = new long[linkage.comparison(field).levels().size()];
    }
    List<ComparedRecord> records = new ArrayList<>(sample.values());
    for (int i = 0; i < records.size(); i++) {
      for (int j = i + 1; j < records.size(); j++) {
        PairComparison pair = linkage.levels(records.get(i), records.get(j));
        if (guess.probabilityOf(pair) < 0.5) {
          for (int field = 0; field < counts.length; field++) {
            if (pair.level(field) != Comparison.MISSING) {
              counts[field][pair.level(field)]++;
            }
          }
        }
      }
    }
  }
}
