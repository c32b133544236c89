package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** What is known about the document that is being read. One object serves all documents. */
final class JsonDocument {

  private final JsonDrift drift;
  private boolean mayHoldEscapes;
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

  void begin(byte[] bytes) {
    unknownFields = 0;
    if (drift != null) {
      drift.begin(bytes);
    }
    mayHoldEscapes = false;
    for (byte b : bytes) {
      if (b == '\\') {
        mayHoldEscapes = true;
        return;
      }
    }
  }

  void unknownField() {
    unknownFields++;
  }

  int unknownFields() {
    return unknownFields;
  }

  /**
   * The current string. The bytes are well-formed UTF-8 when they come here, so that half a
   * surrogate pair can only stem from an escape such as {@code \ud800}; no encoding has a form for
   * it, and it would silently become a question mark.
   */
  String text(JsonParser parser) throws IOException {
    String text = parser.getText();
    if (mayHoldEscapes) {
      requireWholeCharacters(text);
    }
    return text;
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
