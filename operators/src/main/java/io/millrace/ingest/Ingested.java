package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import java.util.Objects;
import org.apache.flink.table.data.RowData;

/**
 * What a source makes of a record. Immutable by agreement: whoever puts a row in does not touch it
 * afterwards.
 *
 * <table>
 * <caption>the forms</caption>
 * <tr><th>row</th><th>dead letter</th><th>drift</th><th></th></tr>
 * <tr><td>yes</td><td></td><td></td><td>a record by its contract</td></tr>
 * <tr><td>yes</td><td></td><td>yes</td><td>accepted although it differs, perhaps adapted</td></tr>
 * <tr><td></td><td>yes</td><td></td><td>refused, beyond any policy</td></tr>
 * <tr><td></td><td>yes</td><td>yes</td><td>quarantined by a policy</td></tr>
 * <tr><td></td><td></td><td>yes</td><td>discarded by a policy; or, while the drift still has the
 * record's bytes, to be refused unless a newer version of the contract accepts it</td></tr>
 * </table>
 *
 * @param row of the source's row type with its {@code RowKind}
 * @param drift how the record differs from the contract; null when it does not
 * @param eventTimeMillis epoch millis; for a record that is no row the event time if it could be
 *     read, else the record's own time
 * @param timed whether {@code eventTimeMillis} is the event time: then it moves the watermark
 * @param snapshot a row of a table's initial snapshot: these come in the order of their keys, so
 *     they say nothing about how far time has come
 * @param counted false for the second row of one change, such as the row before an update, so that
 *     rows and dead letters add up to records
 * @param position where the record lay in its topic; null where nobody asks for it
 */
public record Ingested(
    RowData row,
    DeadLetter deadLetter,
    Drift drift,
    long eventTimeMillis,
    boolean timed,
    boolean snapshot,
    boolean counted,
    Position position) {

  public Ingested {
    if (row != null && deadLetter != null) {
      throw new IllegalArgumentException("a row and a dead letter");
    }
    if (row == null && deadLetter == null && drift == null) {
      throw new IllegalArgumentException("neither a row nor a reason why there is none");
    }
  }

  /** A row that is the whole of a record. */
  public static Ingested row(RowData row, long eventTimeMillis) {
    return new Ingested(
        Objects.requireNonNull(row), null, null, eventTimeMillis, true, false, true, null);
  }

  public static Ingested deadLetter(DeadLetter letter) {
    return new Ingested(
        null, Objects.requireNonNull(letter), null, letter.timeMillis(), false, false, true, null);
  }

  /** A row of a record that differs from its contract. */
  public static Ingested drifted(RowData row, Drift drift, long eventTimeMillis) {
    return new Ingested(
        Objects.requireNonNull(row),
        null,
        Objects.requireNonNull(drift),
        eventTimeMillis,
        true,
        false,
        true,
        null);
  }

  /**
   * A record that differs from its contract and is not accepted.
   *
   * @param timed whether the time is the event time
   */
  public static Ingested unresolved(Drift drift, long timeMillis, boolean timed) {
    return new Ingested(
        null, null, Objects.requireNonNull(drift), timeMillis, timed, false, true, null);
  }

  public boolean isRow() {
    return row != null;
  }

  public boolean isDeadLetter() {
    return deadLetter != null;
  }

  /** Whether a policy dropped the record. */
  public boolean isDiscarded() {
    return row == null && deadLetter == null && drift.outcome() == Deviation.Outcome.DISCARDED_ROW;
  }

  /** The same record with this dead letter instead of a row. */
  public Ingested quarantined(DeadLetter letter) {
    return new Ingested(null, letter, drift, eventTimeMillis, timed, snapshot, counted, position);
  }

  /** The same record, with another account of how it differs. */
  public Ingested withDrift(Drift other) {
    return new Ingested(
        row, deadLetter, other, eventTimeMillis, timed, snapshot, counted, position);
  }

  /** The same row, read in the initial snapshot. */
  public Ingested ofSnapshot() {
    return new Ingested(row, deadLetter, drift, eventTimeMillis, timed, true, counted, position);
  }

  /** The same row, accompanying another one that stands for the record. */
  public Ingested uncounted() {
    return new Ingested(row, deadLetter, drift, eventTimeMillis, timed, snapshot, false, position);
  }

  /** The same record with the place where it lay. */
  public Ingested at(Position place) {
    return new Ingested(row, deadLetter, drift, eventTimeMillis, timed, snapshot, counted, place);
  }
}
