package io.millrace.formats;

import io.millrace.ingest.DecodingException;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of delimited values (RFC 4180): a value in quotes may hold delimiters, line ends and, in
 * pairs, quotes. Unlike in most readers a quoted value is never null, so that an empty text and no
 * value can be told apart. NOT thread safe.
 */
final class CsvLine {

  private final char delimiter;
  private final char quote;
  private final String nullLiteral;
  private String line;
  private int at;

  CsvLine(char delimiter, char quote, String nullLiteral) {
    this.delimiter = delimiter;
    this.quote = quote;
    this.nullLiteral = nullLiteral;
  }

  /**
   * @return the values in their order, null where there is none
   * @throws IOException if it is no such line
   */
  List<String> values(String record) throws IOException {
    line = record;
    at = 0;
    if (isEnd()) {
      throw new IOException("the line is empty");
    }
    List<String> values = new ArrayList<>();
    values.add(value());
    while (at < line.length() && line.charAt(at) == delimiter) {
      at++;
      values.add(value());
    }
    endOfLine();
    if (at < line.length()) {
      throw new DecodingException(
          DeadLetterReason.TRAILING_DATA, "the record has more than one line");
    }
    return values;
  }

  private String value() throws IOException {
    return at < line.length() && line.charAt(at) == quote ? quoted() : plain();
  }

  private String plain() throws IOException {
    int from = at;
    while (!isEnd() && line.charAt(at) != delimiter) {
      if (line.charAt(at) == quote) {
        throw new IOException("a quote within a value without quotes at character " + at);
      }
      at++;
    }
    String value = line.substring(from, at);
    return value.equals(nullLiteral) ? null : value;
  }

  private String quoted() throws IOException {
    StringBuilder value = new StringBuilder();
    at++;
    while (true) {
      int end = line.indexOf(quote, at);
      if (end < 0) {
        throw new IOException("a quoted value without an end");
      }
      value.append(line, at, end);
      at = end + 1;
      if (at == line.length() || line.charAt(at) != quote) {
        break;
      }
      value.append(quote);
      at++;
    }
    if (!isEnd() && line.charAt(at) != delimiter) {
      throw new IOException("something follows a quoted value at character " + at);
    }
    return value.toString();
  }

  private boolean isEnd() {
    return at == line.length() || line.charAt(at) == '\n' || line.startsWith("\r\n", at);
  }

  private void endOfLine() {
    if (line.startsWith("\r\n", at)) {
      at += 2;
    } else if (line.startsWith("\n", at)) {
      at++;
    }
  }
}
