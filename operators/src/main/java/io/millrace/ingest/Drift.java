package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import java.util.List;
import java.util.Objects;

/**
 * What is known of a record that differs from the contract, kept with its original bytes so that it
 * can be decoded again by a newer version of the contract.
 *
 * @param raw the record's value; empty once nothing is left to decide
 * @param recordTimeMillis the record's own time; negative when it has none
 * @param outcome the most severe of the deviations' outcomes that holds: in a dry run what really
 *     happened
 * @param problem why the record is refused; null unless it is
 * @param deviations in the order of the record, at most {@value #MAX_DEVIATIONS}
 * @param absent optional fields of the contract that the record does not have: one of them may have
 *     been renamed to a new one
 */
public record Drift(
    byte[] raw,
    DeadLetter.Coordinates coordinates,
    long recordTimeMillis,
    Deviation.Outcome outcome,
    Decoding.Problem problem,
    List<Deviation> deviations,
    List<String> absent) {

  /** Further deviations of a record are not recorded. */
  public static final int MAX_DEVIATIONS = 64;

  public Drift {
    Objects.requireNonNull(outcome);
    deviations = List.copyOf(deviations);
    absent = List.copyOf(absent);
    if (problem == null && outcome.compareTo(Deviation.Outcome.QUARANTINED) >= 0) {
      throw new IllegalArgumentException(outcome + " without a problem");
    }
  }

  /** Without the original bytes, which nobody needs any more. */
  public Drift settled() {
    return raw.length == 0
        ? this
        : new Drift(
            new byte[0], coordinates, recordTimeMillis, outcome, problem, deviations, absent);
  }
}
