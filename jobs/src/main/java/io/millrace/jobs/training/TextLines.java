package io.millrace.jobs.training;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a text file, as bytes, without their ends; of a part of it those that begin in it.
 * Empty lines are passed over.
 */
final class TextLines implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final long end;
  private int at;
  private int limit;

  /** Of the byte at {@link #at} in the file. */
  private long position;

  TextLines(HistorySplit split) throws IOException {
    FileInputStream file = new FileInputStream(split.file());
    try {
      end = split.end();
      if (split.from() > 0) {
        // A line that begins before belongs to the part before, also when it ends in this one.
        file.getChannel().position(split.from() - 1);
        position = split.from() - 1;
      }
      in =
          split.file().endsWith(".gz")
              ? new GZIPInputStream(new BufferedInputStream(file), BUFFER_BYTES)
              : file;
      if (split.from() > 0) {
        read();
      }
    } catch (IOException | RuntimeException broken) {
      file.close();
      throw broken;
    }
  }

  /** The next line that is not empty; null after the last. */
  byte[] next() throws IOException {
    return next(false);
  }

  /**
   * The next record of comma-separated values that is not empty: a line, and those after it as long
   * as a quote is open.
   */
  byte[] nextRecord() throws IOException {
    return next(true);
  }

  private byte[] next(boolean quoted) throws IOException {
    while (position < end) {
      line.reset();
      if (!read()) {
        return null;
      }
      while (quoted && openQuote()) {
        line.write('\n');
        if (!read()) {
          break;
        }
      }
      if (line.size() > 0) {
        return line.toByteArray();
      }
    }
    return null;
  }

  private boolean openQuote() {
    int quotes = 0;
    for (byte b : line.toByteArray()) {
      quotes += b == '"' ? 1 : 0;
    }
    return quotes % 2 == 1;
  }

  /** Appends up to the next line end, which is consumed; false at the end of the file. */
  private boolean read() throws IOException {
    boolean any = false;
    while (true) {
      if (at == limit) {
        limit = in.read(buffer, 0, buffer.length);
        at = 0;
        if (limit <= 0) {
          limit = 0;
          return any;
        }
      }
      any = true;
      int start = at;
      while (at < limit && buffer[at] != '\n') {
        at++;
      }
      boolean found = at < limit;
      int length = at - start;
      if (found && length > 0 && buffer[at - 1] == '\r') {
        length--;
      }
      line.write(buffer, start, length);
      position += at - start;
      if (found) {
        at++;
        position++;
        return true;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
