package io.millrace.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Arrays;

/**
 * A change event of Debezium, with or without its schema around it. The images are cut out of the
 * bytes as they stand, so that nothing of them is read twice or lost on the way.
 *
 * @param operation {@code c}, {@code u}, {@code d}, {@code r} or another; empty when there is none
 * @param before JSON object, or null
 * @param after JSON object, or null
 * @param timeMillis when the change was made, as far as the event says so; otherwise -1
 */
record DebeziumEnvelope(String operation, byte[] before, byte[] after, long timeMillis) {

  private static final int MAX_DEPTH = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(1 << 20)
                  .build())
          .build();

  /**
   * @throws IOException if it is no such event
   */
  static DebeziumEnvelope of(byte[] event) throws IOException {
    try (JsonParser parser = FACTORY.createParser(event)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("a change event is a JSON object");
      }
      DebeziumEnvelope envelope = read(parser, event);
      if (parser.nextToken() != null) {
        throw new IOException("something follows the change event");
      }
      return envelope;
    }
  }

  /** Reads an object whose start is the current token. */
  private static DebeziumEnvelope read(JsonParser parser, byte[] event) throws IOException {
    String operation = "";
    byte[] before = null;
    byte[] after = null;
    long sourceTime = -1;
    long readTime = -1;
    DebeziumEnvelope payload = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "payload" -> {
          if (token == JsonToken.START_OBJECT) {
            payload = read(parser, event);
          }
        }
        case "op" -> operation = parser.getValueAsString("");
        case "before" -> before = image(parser, event);
        case "after" -> after = image(parser, event);
        case "ts_ms" -> readTime = parser.getValueAsLong(-1);
        case "source" -> sourceTime = timeOfSource(parser);
        default -> parser.skipChildren();
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT) {
      throw new IOException("the change event ends too early");
    }
    if (payload != null) {
      return payload;
    }
    return new DebeziumEnvelope(operation, before, after, sourceTime > 0 ? sourceTime : readTime);
  }

  private static byte[] image(JsonParser parser, byte[] event) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    return Arrays.copyOfRange(event, from, (int) parser.currentLocation().getByteOffset());
  }

  private static long timeOfSource(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return -1;
    }
    long time = -1;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      if (name.equals("ts_ms")) {
        time = parser.getValueAsLong(-1);
      } else {
        parser.skipChildren();
      }
    }
    return time;
  }

  /** An event that has this image before the change, and nothing else. */
  static byte[] onlyBefore(byte[] image) {
    byte[] head = "{\"before\":".getBytes(UTF_8);
    byte[] event = Arrays.copyOf(head, head.length + image.length + 1);
    System.arraycopy(image, 0, event, head.length, image.length);
    event[event.length - 1] = '}';
    return event;
  }
}
