package io.millrace.duplicates.linkage;

/**
 * Learns from records as they pass what agreements are worth, without being told any match.
 *
 * <ul>
 *   <li>How often records of different things agree is counted on the pairs of a random sample of
 *       the records.
 *   <li>How often records of the same thing agree, and how many such pairs there are, is estimated
 *       by expectation maximisation (Dempster, Laird and Rubin 1977; Winkler 1988) over the counts
 *       of the patterns of agreement among the candidates. A pair that was found by a key says
 *       nothing about the fields that the key needs, unless another key without them finds it too.
 *   <li>How frequent values are is counted for those that come most often; the others share what
 *       remains.
 * </ul>
 *
 * <p>It begins with guesses ({@link Comparison}), each worth a few pairs, so that the first pairs
 * are judged sensibly. An estimate follows from the records and pairs that were observed, in
 * whatever order they came, as long as the bounds below are not reached: whoever wants to forget
 * some starts again with the rest.
 *
 * <p>Memory is bounded: {@link RandomPairs#SAMPLE} records, {@link PatternCounts#CAPACITY}
 * patterns, and for each field {@link ValueCounts#CAPACITY} values and a count of distinct ones.
 * NOT thread safe.
 */
public final class MatchEstimator {
  /** An estimate is due when a quarter more has been observed. */
  private static final double GROWTH = 1.25;

  private static final long FIRST_ESTIMATE = 50;

  private final Linkage linkage;
  private final ValueCounts[] values;
  private final RandomPairs random;
  private final PatternCounts candidates = new PatternCounts();
  private long records;
  private double estimatedAt;
  private int version;
  private MatchModel model;

  public MatchEstimator(Linkage linkage) {
    this.linkage = linkage;
    this.values = new ValueCounts[linkage.fields().size()];
    for (int field = 0; field < values.length; field++) {
      values[field] = new ValueCounts();
    }
    this.model = new MatchModel(linkage, Expectation.guess(linkage), ValueShares.of(values), 0);
    this.random = new RandomPairs(linkage, model);
  }

  /** A record, as it is; each once. */
  public void observe(ComparedRecord record) {
    records++;
    for (int field = 0; field < values.length; field++) {
      String value = record.values().get(field);
      if (value != null) {
        values[field].add(Linkage.hash(value));
      }
    }
    random.observe(record);
  }

  /** A pair that was found by a key or by its vectors. Once for each pair. */
  public void observe(PairComparison candidate) {
    candidates.add(candidate.pattern());
  }

  /**
   * The model by all that was observed up to the last estimate. Estimates anew when a quarter more
   * has been observed since, which costs some milliseconds; {@link MatchModel#version} tells
   * whether it did.
   */
  public MatchModel model() {
    if ((double) records + candidates.total() >= Math.max(FIRST_ESTIMATE, estimatedAt * GROWTH)) {
      settle();
    }
    return model;
  }

  /** Estimates by all that was observed, due or not: at the end of a bounded stream. */
  public MatchModel settle() {
    return settle(records);
  }

  /**
   * The same where only a sample of the records was observed, but all candidates.
   *
   * @param allRecords how many records the candidates are from
   */
  public MatchModel settle(long allRecords) {
    estimatedAt = records + candidates.total();
    version++;
    Expectation expectation = new Expectation(linkage, random::count, candidates, allRecords);
    model = new MatchModel(linkage, expectation, ValueShares.of(values), version);
    return model;
  }
}
