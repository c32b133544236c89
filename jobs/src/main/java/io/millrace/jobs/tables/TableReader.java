package io.millrace.jobs.tables;

import io.millrace.drift.statistics.ColumnKind;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Reads the rows of a table from the first to the last. */
interface TableReader extends Closeable {

  /** Takes the value of a row's column: a {@link Double}, a {@link String}, or null. */
  interface Sink {
    void accept(String column, Object value);
  }

  /** The columns that can be compared and how, in the order of the file. */
  Map<String, ColumnKind> kinds();

  /**
   * Reads the next row.
   *
   * @param sink is given each column of {@link #kinds} once
   * @return false after the last row
   */
  boolean next(Sink sink) throws IOException;
}
