package io.millrace.quickstart;

import static java.util.stream.Collectors.joining;

import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.testkit.Deadline;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Holds the points of an embedding against the rows of its table: every row is a point with the
 * row's values, and there is no other.
 */
final class PointCheck {

  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+\\.[0-9]+(E-?[0-9]+)?");
  private static final double RELATIVE_ERROR = 1e-14;

  private final String collection;
  private final String table;
  private final List<String> key;
  private final int grpcPort;
  private Map<String, Map<String, String>> rows = Map.of();
  private Map<String, Map<String, String>> points = Map.of();

  PointCheck(Pipeline pipeline, EmbeddingSpec embedding, int grpcPort) {
    PostgresOrigin origin =
        (PostgresOrigin) pipeline.source(embedding.source()).orElseThrow().origin();
    this.collection = embedding.qdrant().collection();
    this.table = origin.schema() + "." + origin.table();
    this.key = embedding.key();
    this.grpcPort = grpcPort;
  }

  /**
   * Waits until points and rows are the same, but no longer than the patience.
   *
   * @return what differs then, in words
   */
  List<String> await(Connection postgres, Duration patience, Screen screen) throws SQLException {
    rows = rows(postgres);
    try {
      Deadline.await(
          patience,
          () -> collection + " to hold what " + table + " does",
          Duration.ofMillis(500),
          () -> {
            points = points();
            int differing = differences().size();
            screen.progress(
                1 - (double) differing / Math.max(1, rows.size()),
                "%s: %,d points of %,d rows, %,d differ"
                    .formatted(collection, points.size(), rows.size(), differing));
            return differing == 0;
          });
    } catch (IllegalStateException late) {
      List<String> differences = differences();
      return differences.isEmpty() ? List.of(late.getMessage()) : differences;
    }
    return List.of();
  }

  String collection() {
    return collection;
  }

  String table() {
    return table;
  }

  int pointCount() {
    return points.size();
  }

  int rowCount() {
    return rows.size();
  }

  private List<String> differences() {
    List<String> differences = new ArrayList<>();
    rows.forEach(
        (name, row) -> {
          Map<String, String> point = points.get(name);
          if (point == null) {
            differences.add("%s %s has no point".formatted(table, name));
          } else if (!same(row, point)) {
            differences.add("%s %s is %s, but its point %s".formatted(table, name, row, point));
          }
        });
    points.keySet().stream()
        .filter(name -> !rows.containsKey(name))
        .forEach(name -> differences.add("%s %s is gone, but has a point".formatted(table, name)));
    return differences;
  }

  private static boolean same(Map<String, String> row, Map<String, String> point) {
    return row.keySet().equals(point.keySet())
        && row.keySet().stream().allMatch(column -> same(row.get(column), point.get(column)));
  }

  /** Qdrant reads a few of its decimal numbers back with another last bit. */
  private static boolean same(String expected, String found) {
    if (expected.equals(found) || !DECIMAL.matcher(expected).matches()) {
      return expected.equals(found);
    }
    double number = Double.parseDouble(expected);
    return DECIMAL.matcher(found).matches()
        && Math.abs(number - Double.parseDouble(found)) <= RELATIVE_ERROR * Math.abs(number);
  }

  private String key(Map<String, String> values) {
    return key.stream().map(column -> values.getOrDefault(column, "")).collect(joining(" "));
  }

  /** Values by column, without nulls; by key. */
  private Map<String, Map<String, String>> rows(Connection postgres) throws SQLException {
    Map<String, Map<String, String>> rows = new TreeMap<>();
    try (Statement statement = postgres.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
      while (result.next()) {
        Map<String, String> row = new TreeMap<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          if (result.getObject(column) != null) {
            row.put(
                result.getMetaData().getColumnName(column), result.getObject(column).toString());
          }
        }
        rows.put(key(row), row);
      }
    }
    return rows;
  }

  /** The same of points; what Millrace adds to a payload begins with an underscore. */
  private Map<String, Map<String, String>> points() throws InterruptedException {
    Map<String, Map<String, String>> found = new TreeMap<>();
    for (Map<String, String> point : PointContent.read(grpcPort, collection).points().values()) {
      Map<String, String> payload = new TreeMap<>(point);
      payload.keySet().removeIf(name -> name.startsWith("_") || name.equals(PointContent.VECTOR));
      payload.remove("duplicate_of");
      found.put(key(payload), payload);
    }
    return found;
  }
}
