package io.millrace.bench;

import io.millrace.duplicates.linkage.RecordPair;
import java.util.Collection;
import java.util.Map;

/**
 * How good found pairs are.
 *
 * @param right found pairs that are of the same person
 * @param found all found pairs
 * @param truth pairs that could have been found
 */
record PairFigures(long right, long found, long truth) {

  static PairFigures of(Collection<RecordPair> found, Map<String, String> who, long truth) {
    long right =
        found.stream().filter(pair -> who.get(pair.first()).equals(who.get(pair.second()))).count();
    return new PairFigures(right, found.size(), truth);
  }

  double precision() {
    return found == 0 ? 1 : (double) right / found;
  }

  double recall() {
    return truth == 0 ? 1 : (double) right / truth;
  }

  double f1() {
    return found + truth == 0 ? 1 : 2.0 * right / (found + truth);
  }
}
