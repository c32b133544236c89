package io.millrace.jobs.tables;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A table in a file: {@code .csv}, {@code .csv.gz} or {@code .parquet}. Read in one pass; memory
 * does not grow with the rows.
 */
public final class TableFile {
  private TableFile() {}

  /**
   * Tallies columns.
   *
   * @param file the table
   * @param columns those to read; empty: all that can be compared
   * @param kinds kinds of columns that are not to be guessed from the file
   * @param cells most cells of a column's tally
   * @return per column its tally, in the order of the file
   * @throws TableException when the file is not there, is no such table, or lacks a column
   */
  public static Map<String, ColumnTally> tallies(
      Path file, Set<String> columns, Map<String, ColumnKind> kinds, int cells) {
    return segments(file, columns, kinds, "", 0, cells, cells).get("");
  }

  /**
   * Tallies columns of all rows, and of the rows of each segment.
   *
   * @param segment name of the column whose values are the segments; empty: no segments
   * @param limit most segments; further ones are left out
   * @param cellsOfSegment most cells of the tally of a segment's column
   * @return per segment the tallies of its columns; all rows are the segment of no name
   */
  public static Map<String, Map<String, ColumnTally>> segments(
      Path file,
      Set<String> columns,
      Map<String, ColumnKind> kinds,
      String segment,
      int limit,
      int cells,
      int cellsOfSegment) {
    try (TableReader reader = open(file, kinds)) {
      requireColumns(file, reader, columns, segment);
      Map<String, ColumnKind> read = new LinkedHashMap<>(reader.kinds());
      if (!columns.isEmpty()) {
        read.keySet().retainAll(columns);
      }
      Map<String, Map<String, ColumnTally>> segments = new TreeMap<>();
      segments.put("", empty(read, cells));
      Map<String, Object> row = new LinkedHashMap<>();
      while (reader.next(row::put)) {
        add(segments.get(""), row);
        Object name = segment.isEmpty() ? null : row.get(segment);
        if (name != null) {
          String text = text(name);
          if (!segments.containsKey(text) && segments.size() <= limit) {
            segments.put(text, empty(read, cellsOfSegment));
          }
          if (segments.containsKey(text)) {
            add(segments.get(text), row);
          }
        }
      }
      return segments;
    } catch (NoSuchFileException missing) {
      throw new TableException("there is no file " + file, missing);
    } catch (CharacterCodingException binary) {
      throw new TableException(file + " is not UTF-8: convert it, or use Parquet", binary);
    } catch (IOException unreadable) {
      throw new TableException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static String text(Object name) {
    return name instanceof Double number && number == Math.rint(number)
        ? String.valueOf(number.longValue())
        : name.toString();
  }

  private static Map<String, ColumnTally> empty(Map<String, ColumnKind> kinds, int cells) {
    Map<String, ColumnTally> tallies = new LinkedHashMap<>();
    kinds.forEach((column, kind) -> tallies.put(column, ColumnTally.of(kind, cells)));
    return tallies;
  }

  private static void add(Map<String, ColumnTally> tallies, Map<String, Object> row) {
    tallies.forEach(
        (column, tally) -> {
          Object value = row.get(column);
          if (value == null) {
            tally.addNulls(1);
          } else if (value instanceof Double number) {
            tally.add(number, 1);
          } else {
            tally.add((String) value, 1);
          }
        });
  }

  private static TableReader open(Path file, Map<String, ColumnKind> kinds) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return CsvTable.open(file, kinds);
    }
    if (name.endsWith(".parquet")) {
      try {
        return ParquetTable.open(file, kinds);
      } catch (RuntimeException broken) {
        throw new TableException(file + " is no Parquet file: " + broken.getMessage(), broken);
      }
    }
    throw new TableException(file + ": expected a name that ends in .csv, .csv.gz or .parquet");
  }

  private static void requireColumns(
      Path file, TableReader reader, Set<String> columns, String segment) {
    for (String column : columns) {
      requireColumn(file, reader, column);
    }
    if (!segment.isEmpty()) {
      requireColumn(file, reader, segment);
    }
  }

  private static void requireColumn(Path file, TableReader reader, String column) {
    if (!reader.kinds().containsKey(column)) {
      throw new TableException(
          "%s has no column %s that can be compared; it has %s"
              .formatted(file, column, String.join(", ", reader.kinds().keySet())));
    }
  }
}
