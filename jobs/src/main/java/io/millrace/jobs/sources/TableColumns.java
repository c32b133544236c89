package io.millrace.jobs.sources;

import io.millrace.pipeline.PostgresOrigin;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The columns of a table by name, with their numbers in {@code pg_attribute}: a column keeps its
 * number when it is renamed, and no other column ever gets it. So a rename is known, not guessed.
 */
@FunctionalInterface
interface TableColumns extends Serializable {

  /** Knows no columns: nothing is taken for renamed. */
  TableColumns NONE = Map::of;

  /**
   * As they are now.
   *
   * @throws SQLException if the database does not answer
   */
  Map<String, Integer> numbers() throws SQLException;

  /** The columns of a source's table. */
  static TableColumns of(PostgresOrigin origin) {
    return () -> {
      try (Connection connection = PostgresPreflight.connect(origin);
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT a.attname, a.attnum FROM pg_attribute a"
                      + " JOIN pg_class c ON c.oid = a.attrelid"
                      + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                      + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0"
                      + " AND NOT a.attisdropped")) {
        statement.setString(1, origin.schema());
        statement.setString(2, origin.table());
        Map<String, Integer> numbers = new HashMap<>();
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            numbers.put(row.getString(1), row.getInt(2));
          }
        }
        return numbers;
      }
    };
  }
}
