package io.millrace.duplicates.linkage;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

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
 * are judged sensibly. An estimate follows from the records and pairs that are observed and not
 * withdrawn, in whatever order they came, as long as the bounds below are not reached.
 *
 * <p>Memory is bounded: {@link RandomPairs#SAMPLE} records, {@link PatternCounts#CAPACITY}
 * patterns, and for each field {@link ValueCounts#CAPACITY} values and a count of distinct ones.
 * NOT thread safe.
 */
public final class MatchEstimator {
  private static final int FORMAT = 1;

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
    this.model =
        new MatchModel(
            linkage,
            Expectation.guess(linkage).weights(),
            Expectation.guess(linkage).priorBits(),
            ValueShares.of(values),
            0);
    this.random = new RandomPairs(linkage, model);
  }

  /** A record that is new. One that changed is forgotten as it was, and observed as it is. */
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

  /** A record that was deleted or is about to change, with the values it was observed with. */
  public void forget(ComparedRecord record) {
    records = Math.max(0, records - 1);
    for (int field = 0; field < values.length; field++) {
      String value = record.values().get(field);
      if (value != null) {
        values[field].remove(Linkage.hash(value));
      }
    }
    random.forget(record);
  }

  /** A pair that was found by a key or by its vectors. Once for each pair. */
  public void observe(PairComparison candidate) {
    candidates.add(candidate.pattern(), 1);
  }

  /** A candidate that is none any more: one of its records was deleted or changed. */
  public void withdraw(PairComparison candidate) {
    candidates.add(candidate.pattern(), -1);
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
    estimatedAt = records + candidates.total();
    version++;
    model = estimate();
    return model;
  }

  /**
   * Writes {@code u8 format | varlong records | f64 observations at the last estimate | varlong
   * version | values of each field | random pairs | candidates}.
   *
   * <p>The model is not written: a restored estimator makes it again of the same counts, so that
   * between two estimates it may know a little more than the model that was in use.
   */
  public void write(DataOutputView out) throws IOException {
    out.writeByte(FORMAT);
    VarLong.write(records, out);
    out.writeDouble(estimatedAt);
    VarLong.write(version, out);
    for (ValueCounts field : values) {
      field.write(out);
    }
    random.write(out);
    candidates.write(out);
  }

  /**
   * Restores what {@link #write} wrote.
   *
   * @param linkage with the same fields as when it was written
   */
  public static MatchEstimator read(Linkage linkage, DataInputView in) throws IOException {
    int format = in.readUnsignedByte();
    if (format != FORMAT) {
      throw new IOException("an estimator of format " + format + ", but " + FORMAT + " is known");
    }
    MatchEstimator estimator = new MatchEstimator(linkage);
    estimator.records = VarLong.read(in);
    estimator.estimatedAt = in.readDouble();
    estimator.version = (int) VarLong.read(in);
    for (int field = 0; field < estimator.values.length; field++) {
      estimator.values[field] = ValueCounts.read(in);
    }
    estimator.random.read(in);
    estimator.candidates.read(in);
    estimator.version++;
    estimator.model = estimator.estimate();
    return estimator;
  }

  private MatchModel estimate() {
    Expectation expectation = new Expectation(linkage, random::count, candidates, records);
    return new MatchModel(
        linkage, expectation.weights(), expectation.priorBits(), ValueShares.of(values), version);
  }
}
