package io.millrace.jobs.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.drift.statistics.ColumnKind;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Comma-separated values as of RFC 4180, in UTF-8, with a line of names; gzipped where the file's
 * name ends in {@code .gz}. Empty fields, {@code NA} and {@code null} are missing. A column is
 * numeric when all of its values in the first {@value #SAMPLE} rows are numbers.
 */
final class CsvTable implements TableReader {
  static final int SAMPLE = 10_000;

  private static final Set<String> MISSING = Set.of("", "NA", "null", "NULL");

  private final Path file;
  private final BufferedReader in;
  private final List<String> names;
  private final Map<String, ColumnKind> kinds = new LinkedHashMap<>();
  private final Deque<List<String>> sample = new ArrayDeque<>();
  private long line;
  private long row;

  private CsvTable(Path file, BufferedReader in, Map<String, ColumnKind> wanted)
      throws IOException {
    this.file = file;
    this.in = in;
    this.names = record();
    if (names == null) {
      throw new TableException(file + " is empty: expected a line with the names of columns");
    }
    if (Set.copyOf(names).size() != names.size()) {
      throw new TableException(file + ": two columns have the same name: " + names);
    }
    List<String> next;
    while (sample.size() < SAMPLE && (next = record()) != null) {
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
    InputStream bytes = Files.newInputStream(file);
    try {
      InputStream plain =
          file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(
                  new WithoutMark(plain),
                  UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)),
              1 << 16);
      return new CsvTable(file, in, wanted);
    } catch (IOException | RuntimeException broken) {
      bytes.close();
      throw broken;
    }
  }

  @Override
  public Map<String, ColumnKind> kinds() {
    return kinds;
  }

  @Override
  public boolean next(Sink sink) throws IOException {
    List<String> values = sample.isEmpty() ? record() : sample.poll();
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

  /** The fields of the next record; null after the last. */
  private List<String> record() throws IOException {
    int next = in.read();
    if (next < 0) {
      return null;
    }
    line++;
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    while (true) {
      if (next == '"' && field.isEmpty()) {
        next = quoted(field);
      }
      while (next >= 0 && next != ',' && next != '\n') {
        if (next != '\r') {
          field.append((char) next);
        }
        next = in.read();
      }
      fields.add(field.toString());
      field.setLength(0);
      if (next != ',') {
        return fields;
      }
      next = in.read();
    }
  }

  /** Reads a quoted field after its first quote, and returns what follows the last. */
  private int quoted(StringBuilder field) throws IOException {
    long start = line;
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new TableException(file + ": line " + start + " has a quote that never ends");
      }
      if (next == '"') {
        next = in.read();
        if (next != '"') {
          return next;
        }
      } else if (next == '\n') {
        line++;
      }
      field.append((char) next);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Without the byte order mark that spreadsheets write. */
  private static final class WithoutMark extends FilterInputStream {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    WithoutMark(InputStream in) throws IOException {
      super(new java.io.PushbackInputStream(in, MARK.length));
      byte[] first = in.readNBytes(MARK.length);
      if (!java.util.Arrays.equals(first, MARK)) {
        ((java.io.PushbackInputStream) super.in).unread(first);
      }
    }
  }
}
