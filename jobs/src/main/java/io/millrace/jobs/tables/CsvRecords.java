package io.millrace.jobs.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** The records of a file of comma-separated values, see {@link CsvTable}. */
final class CsvRecords implements Closeable {
  private final Path file;
  private final BufferedReader in;
  private final List<String> names;
  private long line;

  private CsvRecords(Path file, BufferedReader in) throws IOException {
    this.file = file;
    this.in = in;
    List<String> first = next();
    if (first == null) {
      throw new TableException(file + " is empty: expected a line with the names of columns");
    }
    if (Set.copyOf(first).size() != first.size()) {
      throw new TableException(file + ": two columns have the same name: " + first);
    }
    names = first;
  }

  static CsvRecords open(Path file) throws IOException {
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
      return new CsvRecords(file, in);
    } catch (IOException | RuntimeException broken) {
      bytes.close();
      throw broken;
    }
  }

  /** The columns, in the order of the fields. */
  List<String> names() {
    return names;
  }

  /** The line of the file in which the record that was read last begins or ends. */
  long line() {
    return line;
  }

  /** The fields of the next record; null after the last. */
  List<String> next() throws IOException {
    int next = in.read();
    if (next < 0) {
      return null;
    }
    line++;
    List<String> fields = new ArrayList<>(names == null ? 16 : names.size());
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
