package io.millrace.jobs.tables;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table whose rows each have a time, in a file: {@code .csv}, {@code .csv.gz} or {@code
 * .parquet}. Times are ISO-8601 texts with a zone, instants, or whole numbers of epoch
 * milliseconds.
 *
 * @param columns in the order of the file
 * @param timeColumn index of the column with the time
 * @param rows how many there are
 * @param leftOut columns of types that rows do not hold
 */
public record SpineTable(
    String file, RowType columns, int timeColumn, long rows, List<String> leftOut)
    implements Serializable {
  private static final int TIME_PRECISION = 6;

  /**
   * Reads a file through once: finds the types of its columns, and everything that is wrong.
   *
   * @param wanted types of columns that are given, where the file has none
   * @param timestamp the column with the time
   * @param problems takes what is wrong, with columns, rows and cures
   * @return the table; null when it is none
   */
  public static SpineTable scan(
      Path file, Map<String, LogicalType> wanted, String timestamp, List<String> problems) {
    String name = file.getFileName().toString();
    try {
      if (!Files.isRegularFile(file)) {
        problems.add("there is no file " + file);
        return null;
      }
      if (name.endsWith(".parquet")) {
        return scanParquet(file, timestamp, problems);
      }
      if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
        return scanCsv(file, wanted, timestamp, problems);
      }
      problems.add(file + ": expected a name that ends in .csv, .csv.gz or .parquet");
    } catch (CharacterCodingException binary) {
      problems.add(file + " is not UTF-8: convert it, or use Parquet");
    } catch (TableException unusable) {
      problems.add(unusable.getMessage());
    } catch (IOException unreadable) {
      problems.add(file + " cannot be read: " + unreadable.getMessage());
    }
    return null;
  }

  private static int timeColumn(
      Path file, List<String> columns, String timestamp, List<String> problems) {
    int index = columns.indexOf(timestamp);
    if (index < 0) {
      problems.add(
          "%s has no column %s, which --timestamp names; it has %s"
              .formatted(file, timestamp, String.join(", ", columns)));
    }
    return index;
  }

  private static SpineTable scanParquet(Path file, String timestamp, List<String> problems)
      throws IOException {
    RowType type;
    long rows;
    List<String> leftOut;
    try (ParquetRows table = ParquetRows.open(file)) {
      type = table.rowType();
      rows = table.rows();
      leftOut = List.copyOf(table.leftOut());
    }
    int time = timeColumn(file, type.getFieldNames(), timestamp, problems);
    if (time >= 0 && isTime(file, timestamp, type.getTypeAt(time), problems)) {
      Complaints complaints = new Complaints(file, timestamp, type.getTypeAt(time));
      Function<Object, Long> reader = millis(type.getTypeAt(time));
      try (ParquetRows times = ParquetRows.open(file, Set.of(timestamp), 0, Integer.MAX_VALUE)) {
        GenericRowData row = new GenericRowData(1);
        for (long number = 1; times.next(row); number++) {
          complaints.check(number, row.getField(0), reader);
        }
      }
      complaints.addTo(problems);
    }
    return new SpineTable(file.toString(), type, time, rows, leftOut);
  }

  private static boolean isTime(Path file, String column, LogicalType type, List<String> problems) {
    if (type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)) {
      problems.add(
          ("column %s of %s holds times without a zone, and an event is before or after one only in"
                  + " a zone: store instants (pandas: df[\"%s\"].dt.tz_localize(\"UTC\"))")
              .formatted(column, file, column));
      return false;
    }
    boolean time =
        type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)
            || type.is(LogicalTypeRoot.BIGINT)
            || type.is(LogicalTypeFamily.CHARACTER_STRING);
    if (!time) {
      problems.add(
          ("column %s of %s is %s, which is no time: expected instants, texts such as"
                  + " 2013-01-01T10:15:00Z, or epoch milliseconds")
              .formatted(column, file, type.asSummaryString()));
    }
    return time;
  }

  private static SpineTable scanCsv(
      Path file, Map<String, LogicalType> wanted, String timestamp, List<String> problems)
      throws IOException {
    try (CsvRecords in = CsvRecords.open(file)) {
      List<String> names = in.names();
      int time = timeColumn(file, names, timestamp, problems);
      Map<String, Complaints> complaints = new LinkedHashMap<>();
      List<Function<String, Object>> parsers = new ArrayList<>();
      List<ColumnGuess> guesses = new ArrayList<>();
      for (String column : names) {
        LogicalType type = column.equals(timestamp) ? null : wanted.get(column);
        parsers.add(type == null ? null : CsvValues.parser(type));
        guesses.add(new ColumnGuess());
        complaints.put(column, new Complaints(file, column, type));
      }
      long rows = 0;
      for (List<String> record = in.next(); record != null; record = in.next()) {
        rows++;
        if (record.size() != names.size()) {
          if (record.size() == 1 && record.get(0).isEmpty()) {
            rows--; // an empty line, such as the last one
            continue;
          }
          throw new TableException(
              "%s: row %,d has %d fields, but there are %d columns: quote fields with commas"
                  .formatted(file, rows, record.size(), names.size()));
        }
        for (int i = 0; i < record.size(); i++) {
          String text = record.get(i);
          boolean missing = CsvTable.MISSING.contains(text);
          if (i == time) {
            complaints.get(timestamp).check(rows, missing ? null : text, SpineTable::time);
          }
          if (!missing && parsers.get(i) != null) {
            complaints.get(names.get(i)).check(rows, text, parsers.get(i));
          } else if (!missing) {
            guesses.get(i).see(text);
          }
        }
      }
      complaints.values().forEach(each -> each.addTo(problems));
      List<RowType.RowField> fields = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        LogicalType guess = guesses.get(i).type();
        LogicalType type =
            i == time
                ? guess.is(LogicalTypeRoot.BIGINT)
                    ? guess
                    : new LocalZonedTimestampType(TIME_PRECISION)
                : wanted.getOrDefault(names.get(i), guess);
        fields.add(new RowType.RowField(names.get(i), type.copy(true)));
      }
      return new SpineTable(file.toString(), new RowType(false, fields), time, rows, List.of());
    }
  }

  /** ISO-8601 with a zone, or epoch milliseconds; a file may have both. */
  private static TimestampData time(String text) {
    if (!text.isEmpty() && text.chars().allMatch(c -> Character.isDigit(c) || c == '-')) {
      try {
        return TimestampData.fromEpochMillis(Long.parseLong(text));
      } catch (NumberFormatException no) {
        // Dates have these letters too, and are refused below.
      }
    }
    return (TimestampData)
        CsvValues.parser(new LocalZonedTimestampType(TIME_PRECISION)).apply(text);
  }

  private static Function<Object, Long> millis(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BIGINT -> value -> (Long) value;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value -> ((TimestampData) value).getMillisecond();
      default -> value -> time(((StringData) value).toString()).getMillisecond();
    };
  }

  /** The values of one column that are none: the first one is shown, the others are counted. */
  private static final class Complaints {
    private final Path file;
    private final String column;
    private final LogicalType type;
    private long count;
    private String first;

    Complaints(Path file, String column, LogicalType type) {
      this.file = file;
      this.column = column;
      this.type = type;
    }

    <T, R> void check(long row, T value, Function<? super T, R> parser) {
      String wrong = null;
      if (value == null) {
        wrong = "has no value: every row needs its time";
      } else {
        try {
          parser.apply(value);
        } catch (IllegalArgumentException refused) {
          wrong = "has '" + value + "': " + refused.getMessage();
        }
      }
      if (wrong != null && ++count == 1) {
        first = "row %,d %s".formatted(row, wrong);
      }
    }

    void addTo(List<String> problems) {
      if (count > 0) {
        problems.add(
            "%s, column %s%s: %s%s"
                .formatted(
                    file,
                    column,
                    type == null ? "" : " (" + type.copy(true).asSummaryString() + ")",
                    first,
                    count > 1 ? "; and %,d more such rows".formatted(count - 1) : ""));
      }
    }
  }

  /** Opens the table to be read. */
  public Reader open() throws IOException {
    return file.endsWith(".parquet") ? new OfParquet() : new OfCsv();
  }

  /**
   * Rows one after the other: the columns, then the time in epoch millis, then the number from 0.
   */
  public interface Reader extends Closeable {
    /** The next row, which may be kept; null after the last. */
    GenericRowData next() throws IOException;
  }

  private final class OfParquet implements Reader {
    private final ParquetRows in = ParquetRows.open(Path.of(file));
    private final int width = columns.getFieldCount();
    private final Function<Object, Long> time = millis(columns.getTypeAt(timeColumn));
    private long number;

    private OfParquet() throws IOException {}

    @Override
    public GenericRowData next() throws IOException {
      GenericRowData row = new GenericRowData(width + 2);
      if (!in.next(row)) {
        return null;
      }
      row.setField(width, time.apply(row.getField(timeColumn)));
      row.setField(width + 1, number++);
      return row;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private final class OfCsv implements Reader {
    private final CsvRecords in = CsvRecords.open(Path.of(file));
    private final int width = columns.getFieldCount();
    private final List<Function<String, Object>> parsers =
        IntStream.range(0, width).mapToObj(this::parser).toList();
    private long number;

    private OfCsv() throws IOException {}

    private Function<String, Object> parser(int column) {
      LogicalType type = columns.getTypeAt(column);
      return column == timeColumn && type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)
          ? SpineTable::time
          : CsvValues.parser(type);
    }

    @Override
    public GenericRowData next() throws IOException {
      List<String> record = in.next();
      while (record != null && record.size() < width) {
        record = in.next();
      }
      if (record == null) {
        return null;
      }
      GenericRowData row = new GenericRowData(width + 2);
      for (int i = 0; i < width; i++) {
        String text = record.get(i);
        row.setField(i, CsvTable.MISSING.contains(text) ? null : parsers.get(i).apply(text));
      }
      row.setField(width, time(record.get(timeColumn)).getMillisecond());
      row.setField(width + 1, number++);
      return row;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
