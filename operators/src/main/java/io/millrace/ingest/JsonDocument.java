package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.base.ParserBase;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.table.data.StringData;

/** What is known about the document that is being read. One object serves all documents. */
final class JsonDocument {

  private final JsonDrift drift;
  private byte[] bytes;
  private int unknownFields;

  /**
   * @param drift settles what differs from the contract; null: it is refused
   */
  JsonDocument(JsonDrift drift) {
    this.drift = drift;
  }

  /** Null where everything that differs from the contract is refused. */
  JsonDrift drift() {
    return drift;
  }

  /**
   * @param document well-formed UTF-8
   */
  void begin(byte[] document) {
    bytes = document;
    unknownFields = 0;
    if (drift != null) {
      drift.begin(document);
    }
  }

  void unknownField() {
    unknownFields++;
  }

  int unknownFields() {
    return unknownFields;
  }

  /**
   * The current string. Without escapes its characters are the bytes between the quotes, which
   * nobody needs to decode and encode again; the parser still looks at them when it goes on, and
   * refuses what JSON does not allow.
   *
   * @param maxLength in characters (code points)
   */
  StringData text(JsonParser parser, int maxLength) throws IOException {
    int start = (int) ((ParserBase) parser).getTokenCharacterOffset();
    if (start < 1 || bytes[start - 1] != '"') {
      return escaped(parser, maxLength);
    }
    int end = start;
    while (end < bytes.length && bytes[end] != '"') {
      if (bytes[end] == '\\') {
        return escaped(parser, maxLength);
      }
      end++;
    }
    // There are at most as many characters as bytes.
    return end == bytes.length || end - start > maxLength
        ? escaped(parser, maxLength)
        : StringData.fromBytes(Arrays.copyOfRange(bytes, start, end));
  }

  /**
   * The bytes are well-formed UTF-8, so that half a surrogate pair can only stem from an escape
   * such as {@code &#92;ud800}; no encoding has a form for it, and it would silently become a
   * question mark.
   */
  private static StringData escaped(JsonParser parser, int maxLength) throws IOException {
    String text = parser.getText();
    requireWholeCharacters(text);
    return Exactly.text(text, maxLength);
  }

  private static void requireWholeCharacters(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (!pair) {
        throw new DecodingException(
            INVALID_ENCODING, "the string holds half a character (an unpaired surrogate escape)");
      }
      i++;
    }
  }
}
