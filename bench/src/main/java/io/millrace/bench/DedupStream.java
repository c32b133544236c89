package io.millrace.bench;

import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.MatchEstimator;
import io.millrace.duplicates.linkage.MatchModel;
import io.millrace.duplicates.linkage.PairComparison;
import io.millrace.duplicates.linkage.RecordPair;
import io.millrace.duplicates.linkage.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Records one by one, as the job sees them: each is compared with those before it that share a key
 * or are neighbours, and a pair is judged by the model as it is then. When the model has learned,
 * pairs that are kept are judged again, as the job does.
 */
final class DedupStream {
  private final Linkage linkage;
  private final MatchEstimator estimator;
  private final Map<Long, List<ComparedRecord>> blocks = new HashMap<>();
  private final Map<RecordPair, PairComparison> pairs = new TreeMap<>();
  private final Map<RecordPair, Verdict> atOnce = new HashMap<>();

  DedupStream(Linkage linkage) {
    this.linkage = linkage;
    this.estimator = new MatchEstimator(linkage);
  }

  /** A record, and those before it that its vector is near to, with their cosines. */
  void add(ComparedRecord record, Map<ComparedRecord, Double> neighbours) {
    estimator.observe(record);
    Map<ComparedRecord, Double> candidates = new HashMap<>(neighbours);
    for (long key : linkage.keysOf(record)) {
      if (key != 0) {
        List<ComparedRecord> block = blocks.computeIfAbsent(key, it -> new ArrayList<>());
        block.forEach(other -> candidates.putIfAbsent(other, Linkage.NO_COSINE));
        block.add(record);
      }
    }
    List<RecordPair> fresh = new ArrayList<>();
    candidates.forEach(
        (other, cosine) -> {
          RecordPair pair = RecordPair.of(record.id(), other.id());
          PairComparison comparison = linkage.compare(record, other, cosine);
          pairs.put(pair, comparison);
          estimator.observe(comparison);
          fresh.add(pair);
        });
    MatchModel model = estimator.model();
    fresh.forEach(pair -> atOnce.put(pair, model.verdictOf(pairs.get(pair))));
  }

  long candidates() {
    return pairs.size();
  }

  Set<RecordPair> candidatePairs() {
    return pairs.keySet();
  }

  /** Matches as they were judged when they were found, never again. */
  Set<RecordPair> matchesAtOnce() {
    return atOnce.entrySet().stream()
        .filter(entry -> entry.getValue() == Verdict.MATCH)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Matches as the stream leaves them: all pairs judged by the model at the end. */
  Set<RecordPair> matches() {
    MatchModel model = estimator.settle();
    return pairs.entrySet().stream()
        .filter(entry -> model.verdictOf(entry.getValue()) == Verdict.MATCH)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  MatchModel model() {
    return estimator.model();
  }

  PairComparison comparison(RecordPair pair) {
    return pairs.get(pair);
  }
}
