package io.millrace.ingest;

import io.millrace.records.DeadLetter;
import java.util.Objects;
import org.apache.flink.table.data.RowData;

/**
 * What a source makes of a record: a row or a dead letter. Immutable by agreement: whoever puts a
 * row in does not touch it afterwards.
 *
 * @param row of the contract's type with its {@code RowKind}; null in a dead letter
 * @param deadLetter null in a row
 * @param eventTimeMillis epoch millis
 * @param snapshot a row of a table's initial snapshot: these come in the order of their keys, so
 *     they say nothing about how far time has come
 * @param counted false for the second row of one change, such as the row before an update, so that
 *     rows and dead letters add up to records
 */
public record Ingested(
    RowData row, DeadLetter deadLetter, long eventTimeMillis, boolean snapshot, boolean counted) {

  public Ingested {
    if ((row == null) == (deadLetter == null)) {
      throw new IllegalArgumentException("either a row or a dead letter");
    }
  }

  /** A row that is the whole of a record. */
  public static Ingested row(RowData row, long eventTimeMillis) {
    return new Ingested(Objects.requireNonNull(row), null, eventTimeMillis, false, true);
  }

  public static Ingested deadLetter(DeadLetter letter) {
    return new Ingested(null, Objects.requireNonNull(letter), letter.timeMillis(), false, true);
  }

  public boolean isRow() {
    return row != null;
  }

  /** The same row, read in the initial snapshot. */
  public Ingested ofSnapshot() {
    return new Ingested(row, deadLetter, eventTimeMillis, true, counted);
  }

  /** The same row, accompanying another one that stands for the record. */
  public Ingested uncounted() {
    return new Ingested(row, deadLetter, eventTimeMillis, snapshot, false);
  }
}
