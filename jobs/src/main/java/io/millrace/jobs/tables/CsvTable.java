package io.millrace.jobs.tables;

import io.millrace.drift.statistics.ColumnKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Comma-separated values as of RFC 4180, in UTF-8, with a line of names; gzipped where the file's
 * name ends in {@code .gz}. Empty fields, {@code NA} and {@code null} are missing. A column is
 * numeric when all of its values in the first {@value #SAMPLE} rows are numbers.
 */
final class CsvTable implements TableReader {
  static final int SAMPLE = 10_000;

  static final Set<String> MISSING = Set.of("", "NA", "null", "NULL");

  private final Path file;
  private final CsvRecords in;
  private final List<String> names;
  private final Map<String, ColumnKind> kinds = new LinkedHashMap<>();
  private final Deque<List<String>> sample = new ArrayDeque<>();
  private long row;

  private CsvTable(Path file, CsvRecords in, Map<String, ColumnKind> wanted) throws IOException {
    this.file = file;
    this.in = in;
    this.names = in.names();
    List<String> next;
    while (sample.size() < SAMPLE && (next = in.next()) != null) {
      sample.add(next);
    }
    for (int column = 0; column < names.size(); column++) {
      int at = column;
      boolean numeric =
          sample.stream().map(values -> field(values, at)).allMatch(CsvTable::mayBeNumber)
              && sample.stream().anyMatch(values -> !MISSING.contains(field(values, at)));
      kinds.put(
          names.get(column),
          wanted.getOrDefault(
              names.get(column), numeric ? ColumnKind.NUMBER : ColumnKind.CATEGORY));
    }
  }

  /**
   * @param wanted kinds of columns that are not to be guessed
   */
  static CsvTable open(Path file, Map<String, ColumnKind> wanted) throws IOException {
    CsvRecords in = CsvRecords.open(file);
    try {
      return new CsvTable(file, in, wanted);
    } catch (IOException | RuntimeException broken) {
      in.close();
      throw broken;
    }
  }

  @Override
  public Map<String, ColumnKind> kinds() {
    return kinds;
  }

  @Override
  public boolean next(Sink sink) throws IOException {
    List<String> values = sample.isEmpty() ? in.next() : sample.poll();
    if (values == null) {
      return false;
    }
    row++;
    if (values.size() > names.size()) {
      throw new TableException(
          "%s: row %,d has %d fields, but there are %d columns: quote fields with commas"
              .formatted(file, row, values.size(), names.size()));
    }
    int column = 0;
    for (Map.Entry<String, ColumnKind> entry : kinds.entrySet()) {
      String text = field(values, column++);
      if (MISSING.contains(text)) {
        sink.accept(entry.getKey(), null);
      } else if (entry.getValue() == ColumnKind.CATEGORY) {
        sink.accept(entry.getKey(), text);
      } else {
        sink.accept(entry.getKey(), number(entry.getKey(), text));
      }
    }
    return true;
  }

  private Double number(String column, String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException other) {
      throw new TableException(
          "%s: row %,d has '%s' in column %s, which held numbers before: mend the file, or name the column in --categories"
              .formatted(file, row, text, column),
          other);
    }
  }

  private static String field(List<String> values, int at) {
    return at < values.size() ? values.get(at) : "";
  }

  private static boolean mayBeNumber(String text) {
    if (MISSING.contains(text)) {
      return true;
    }
    try {
      Double.parseDouble(text);
      // Java takes 1d and 1f for numbers, nobody else does.
      char last = text.charAt(text.length() - 1);
      return last == 'N' || last == 'y' || last == '.' || Character.isDigit(last);
    } catch (NumberFormatException no) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
