package io.millrace.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The training set of {@link TrainingSetBench} in SQL, in the two ways in which it is commonly
 * written, with the same windows: from {@code floor(t / hop) * hop - window + hop} to {@code t}.
 */
final class DuckDbTrainingSet {
  private static final long HOP = 60_000L;
  private static final String[] LABELS = {"1h", "24h", "7d"};
  private static final long[] WINDOWS = {3_600_000L, 86_400_000L, 604_800_000L};

  private final Path history;
  private final Path spine;

  DuckDbTrainingSet(Path history, Path spine) {
    this.history = history;
    this.spine = spine;
  }

  private static String from(long window) {
    return "(s.t // %d) * %d - %d".formatted(HOP, HOP, window - HOP);
  }

  private String spineRows() {
    return "(SELECT card, \"at\", label, epoch_ms(\"at\") AS t, row_number() OVER () AS row FROM '%s')"
        .formatted(spine);
  }

  private String events() {
    return "(SELECT card, epoch_ms(\"at\") AS t, amount FROM '%s')".formatted(history);
  }

  /** Joins each row to all events of the widest window, and aggregates those. Seconds. */
  double rangeJoin(Path out) throws SQLException {
    List<String> features = new ArrayList<>();
    List<String> names = List.of("payments", "spent", "mean", "deviation", "large");
    List<String> calls =
        List.of("count(e.t)", "sum(e.amount)", "avg(e.amount)", "stddev_samp(e.amount)");
    for (int f = 0; f < names.size(); f++) {
      for (int w = 0; w < WINDOWS.length; w++) {
        String inside = "e.t >= " + from(WINDOWS[w]);
        features.add(
            f < calls.size()
                ? "%s FILTER (%s) AS %s_%s".formatted(calls.get(f), inside, names.get(f), LABELS[w])
                : "count(*) FILTER (%s AND e.amount > 50) AS %s_%s"
                    .formatted(inside, names.get(f), LABELS[w]));
      }
    }
    return copied(
        """
        SELECT any_value(s.card) AS card, any_value(s."at") AS "at", any_value(s.label) AS label, %s
        FROM %s s LEFT JOIN %s e
          ON e.card = s.card AND e.t <= s.t AND e.t >= %s
        GROUP BY s.row ORDER BY s.row"""
            .formatted(String.join(", ", features), spineRows(), events(), from(WINDOWS[2])),
        out);
  }

  /**
   * Adds up what each card had spent and bought at the end of each hop, and takes the difference of
   * two such sums, found by ASOF joins. The newest hop is added up to each of its events, because
   * windows end at the very moment asked for. Seconds.
   */
  double asOfJoins(Path out) throws SQLException {
    List<String> features = new ArrayList<>();
    StringBuilder joins = new StringBuilder();
    for (int w = 0; w < WINDOWS.length; w++) {
      String n = "(coalesce(z.n, 0) - coalesce(a%d.n, 0))".formatted(w);
      String sum = "(coalesce(z.s, 0) - coalesce(a%d.s, 0))".formatted(w);
      String squares = "(coalesce(z.q, 0) - coalesce(a%d.q, 0))".formatted(w);
      String large = "(coalesce(z.l, 0) - coalesce(a%d.l, 0))".formatted(w);
      String label = LABELS[w];
      features.add("%s AS payments_%s".formatted(n, label));
      features.add("CASE WHEN %s > 0 THEN %s END AS spent_%s".formatted(n, sum, label));
      features.add("CASE WHEN %s > 0 THEN %s / %s END AS mean_%s".formatted(n, sum, n, label));
      features.add(
          "CASE WHEN %s > 1 THEN sqrt(greatest(0, (%s - %s * %s / %s) / (%s - 1))) END AS deviation_%s"
              .formatted(n, squares, sum, sum, n, n, label));
      features.add("%s AS large_%s".formatted(large, label));
      joins.append(
          "ASOF LEFT JOIN sums a%d ON a%d.card = s.card AND a%d.t < %s%n"
              .formatted(w, w, w, from(WINDOWS[w])));
    }
    return copied(
        """
        WITH moments AS (
          SELECT card, t, count(*) AS n, sum(amount) AS s, sum(amount * amount) AS q,
            count(*) FILTER (amount > 50) AS l
          FROM %s GROUP BY card, t),
        sums AS (
          SELECT card, t, sum(n) OVER w AS n, sum(s) OVER w AS s, sum(q) OVER w AS q,
            sum(l) OVER w AS l
          FROM moments WINDOW w AS (PARTITION BY card ORDER BY t))
        SELECT s.card, s."at", s.label, %s
        FROM %s s
        ASOF LEFT JOIN sums z ON z.card = s.card AND z.t <= s.t
        %sORDER BY s.row"""
            .formatted(events(), String.join(", ", features), spineRows(), joins),
        out);
  }

  private static double copied(String query, Path out) throws SQLException {
    long start = System.nanoTime();
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(query, out));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** How many values of two sets differ by more than rounding. */
  long different(Path ours, Path theirs) throws SQLException {
    List<String> differences = new ArrayList<>();
    for (String feature : List.of("payments", "spent", "mean", "deviation", "large")) {
      for (String label : LABELS) {
        String column = feature + "_" + label;
        differences.add(
            ("count(*) FILTER ((a.%1$s IS NULL) <> (b.%1$s IS NULL)"
                    + " OR abs(a.%1$s - b.%1$s) > 1e-6 * (1 + abs(a.%1$s)))")
                .formatted(column));
      }
    }
    String query =
        """
        SELECT %s + abs(count(*) - (SELECT count(*) FROM '%s'))
        FROM (SELECT *, row_number() OVER () AS row FROM '%s') a
        JOIN (SELECT *, row_number() OVER () AS row FROM '%s') b USING (row)"""
            .formatted(String.join(" + ", differences), ours, ours, theirs);
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }
}
