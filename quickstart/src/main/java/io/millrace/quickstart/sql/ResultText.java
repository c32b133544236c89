package io.millrace.quickstart.sql;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A result as a table of text, printed as it comes. Widths are those of the first rows: a query
 * that has an end is printed as a whole, an endless one from its first second on.
 */
final class ResultText implements SqlSession.Result {

  private static final int WIDEST = 60;
  private static final int BUFFERED = 1000;
  private static final long LATEST_NANOS = 1_000_000_000L;
  private static final Set<String> NUMBERS =
      Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL");

  private final PrintWriter out;
  private final boolean batch;
  private final List<SqlSession.Row> first = new ArrayList<>();
  private List<SqlSession.Column> columns = List.of();
  private boolean changes;
  private int[] widths;
  private long firstNanos;
  private long count;

  ResultText(PrintWriter out, boolean batch) {
    this.out = out;
    this.batch = batch;
  }

  @Override
  public void columns(List<SqlSession.Column> named, boolean query) {
    columns = named;
    changes = query && !batch;
  }

  @Override
  public void rows(List<SqlSession.Row> rows) {
    count += rows.size();
    if (widths == null) {
      if (first.isEmpty() && !rows.isEmpty()) {
        firstNanos = System.nanoTime();
      }
      first.addAll(rows);
      boolean late = !first.isEmpty() && System.nanoTime() - firstNanos > LATEST_NANOS;
      if (first.size() >= BUFFERED || late && !batch) {
        begin();
      }
      return;
    }
    rows.forEach(this::line);
    out.flush();
  }

  /** Prints what is left, and how many rows there were. */
  void end() {
    if (columns.isEmpty()) {
      return;
    }
    if (columns.size() == 1 && columns.get(0).name().equals("result") && count <= 1) {
      // What statements without a result say: OK.
      first.forEach(row -> out.println(row.values().get(0)));
      out.println();
      return;
    }
    if (widths == null) {
      begin();
    }
    out.println(count + (count == 1 ? " row" : " rows"));
    out.println();
    out.flush();
  }

  /** Prints the rows that came before a failure. */
  void endEarly() {
    if (!first.isEmpty() && widths == null) {
      begin();
    }
    out.flush();
  }

  private void begin() {
    widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int width = columns.get(i).name().length();
      for (SqlSession.Row row : first) {
        width = Math.max(width, text(row.values().get(i)).length());
      }
      widths[i] = Math.min(width, WIDEST);
    }
    StringBuilder header = new StringBuilder(changes ? "op  " : "");
    StringBuilder rule = new StringBuilder(changes ? "--  " : "");
    for (int i = 0; i < widths.length; i++) {
      header.append(padded(columns.get(i).name(), i)).append("  ");
      rule.append("-".repeat(widths[i])).append("  ");
    }
    out.println(header.toString().stripTrailing());
    out.println(rule.toString().stripTrailing());
    first.forEach(this::line);
    first.clear();
    out.flush();
  }

  private void line(SqlSession.Row row) {
    StringBuilder line = new StringBuilder(changes ? row.kind() + "  " : "");
    for (int i = 0; i < widths.length; i++) {
      line.append(padded(text(row.values().get(i)), i)).append("  ");
    }
    out.println(line.toString().stripTrailing());
  }

  private static String text(String value) {
    return value == null ? "<NULL>" : value.replace("\n", "\\n");
  }

  private String padded(String text, int column) {
    String space = " ".repeat(Math.max(0, widths[column] - text.length()));
    return NUMBERS.contains(columns.get(column).type()) ? space + text : text + space;
  }
}
