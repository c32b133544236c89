package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import java.util.Optional;

/**
 * What an aggregate function has counted so far: the values of the rows, and apart from them those
 * of the reference, each in bounded room (see {@link ColumnTally}). The accumulator of all of them.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>a tally, twice for comparisons</td><td>as the query groups</td>
 *     <td>different values, up to {@value #LIMIT} cells of numbers (64 to 128 KB in memory, 10 to 40
 *     written) or {@value #NAMES} names</td>
 *     <td>the window ends; without a window after {@code table.exec.state.ttl}</td></tr>
 * </table>
 *
 * <p>NOT thread safe.
 */
public final class Tallies {
  /** Most different numbers that are told apart; more are counted in as many cells. */
  public static final int LIMIT = 4_096;

  /** Most different names that are told apart. */
  public static final int NAMES = LIMIT / 4;

  private ColumnTally reference;
  private ColumnTally current;
  private double parameter = Double.NaN;

  void count(double value, boolean isReference, long times) {
    side(isReference, ColumnKind.NUMBER).add(value, times);
  }

  void count(String name, boolean isReference, long times) {
    side(isReference, ColumnKind.CATEGORY).add(name, times);
  }

  private ColumnTally side(boolean isReference, ColumnKind kind) {
    if (isReference) {
      if (reference == null) {
        reference = ColumnTally.of(kind, LIMIT);
      }
      return reference;
    }
    if (current == null) {
      current = ColumnTally.of(kind, LIMIT);
    }
    return current;
  }

  void merge(Tallies other) {
    reference = merged(reference, other.reference);
    current = merged(current, other.current);
    if (Double.isNaN(parameter)) {
      parameter = other.parameter;
    }
  }

  private static ColumnTally merged(ColumnTally tally, ColumnTally other) {
    if (other == null) {
      return tally;
    }
    ColumnTally sum = tally == null ? ColumnTally.of(other.kind(), LIMIT) : tally;
    sum.merge(other);
    return sum;
  }

  void clear() {
    set(null, null, Double.NaN);
  }

  void set(ColumnTally newReference, ColumnTally newCurrent, double newParameter) {
    reference = newReference;
    current = newCurrent;
    parameter = newParameter;
  }

  /** Values of the reference; empty before the first. */
  Optional<ColumnTally> reference() {
    return Optional.ofNullable(reference);
  }

  /** Values of the other rows; empty before the first. */
  Optional<ColumnTally> current() {
    return Optional.ofNullable(current);
  }

  /** A constant of the call that the result needs; NaN where there is none. */
  double parameter() {
    return parameter;
  }

  void setParameter(double constant) {
    parameter = constant;
  }
}
