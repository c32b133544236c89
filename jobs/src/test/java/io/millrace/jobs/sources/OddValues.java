package io.millrace.jobs.sources;

import io.millrace.testkit.PostgresServer;
import java.util.ArrayList;
import java.util.List;

/** Values that Postgres keeps and no contract can hold, each in a row of its own. */
final class OddValues {

  /** Column and value; the last one is no oddity. */
  static final List<String[]> ALL =
      List.of(
          new String[] {"amount", "Infinity"},
          new String[] {"amount", "-Infinity"},
          new String[] {"amount", "NaN"},
          new String[] {"made", "infinity"},
          new String[] {"made", "-infinity"},
          new String[] {"made", "0044-03-15 BC"},
          new String[] {"made", "20000-01-01"},
          new String[] {"seen", "infinity"},
          new String[] {"seen", "-infinity"},
          new String[] {"seen", "0044-03-15 12:00:00 BC"},
          new String[] {"seen", "20000-01-01 12:00:00"},
          new String[] {"sent", "infinity"},
          new String[] {"sent", "-infinity"},
          new String[] {"sent", "0044-03-15 12:00:00+00 BC"},
          new String[] {"sent", "20000-01-01 12:00:00+00"},
          new String[] {"times", "{infinity}"},
          new String[] {"made", "9999-12-31"});

  /** The place of the first that the connector can read from the log, too. */
  static final int OF_THE_LOG = 2;

  private OddValues() {}

  static void createTable(PostgresServer postgres, String table) {
    postgres.execute(
        "CREATE TABLE %s (id INTEGER PRIMARY KEY, amount NUMERIC, made DATE, seen TIMESTAMP, sent TIMESTAMPTZ, times TIMESTAMP[])"
            .formatted(table),
        "ALTER TABLE " + table + " REPLICA IDENTITY FULL");
  }

  /** Inserts those from one on, under ids that are {@code first} more than their places. */
  static void insert(PostgresServer postgres, String table, int first, int from) {
    List<String> statements = new ArrayList<>();
    for (int i = from; i < ALL.size(); i++) {
      statements.add(
          "INSERT INTO %s (id, %s) VALUES (%d, '%s')"
              .formatted(table, ALL.get(i)[0], first + i, ALL.get(i)[1]));
    }
    postgres.execute(statements.toArray(String[]::new));
  }
}
