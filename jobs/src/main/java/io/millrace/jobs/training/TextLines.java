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

  /** A quote that is never closed must not take the rest of the file into memory. */
  private static final int LONGEST_RECORD = 1 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Line line = new Line();
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
   * as a value in quotes goes on, but not beyond {@value #LONGEST_RECORD} bytes. A quote that no
   * value begins with opens nothing: the record is refused, and those after it are not.
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
      while (quoted && line.endsWithinQuotes() && line.size() < LONGEST_RECORD) {
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

  /** The bytes of a record, and whether they end within a value in quotes. */
  private static final class Line extends ByteArrayOutputStream {
    private enum State {
      BEGINNING,
      PLAIN,
      QUOTED,
      AFTER_QUOTE
    }

    private State state = State.BEGINNING;
    private int seen;

    @Override
    public void reset() {
      super.reset();
      state = State.BEGINNING;
      seen = 0;
    }

    /** Looks at each byte once, however often it is asked. */
    boolean endsWithinQuotes() {
      for (; seen < count; seen++) {
        boolean quote = buf[seen] == '"';
        boolean comma = buf[seen] == ',';
        state =
            switch (state) {
              case BEGINNING -> quote ? State.QUOTED : comma ? State.BEGINNING : State.PLAIN;
              case PLAIN -> comma ? State.BEGINNING : State.PLAIN;
              case QUOTED -> quote ? State.AFTER_QUOTE : State.QUOTED;
              case AFTER_QUOTE -> quote ? State.QUOTED : comma ? State.BEGINNING : State.PLAIN;
            };
      }
      return state == State.QUOTED;
    }
  }
}
