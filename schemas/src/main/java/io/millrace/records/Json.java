package io.millrace.records;

import com.fasterxml.jackson.databind.JsonNode;

/** What the readers of JSON records have in common. */
final class Json {

  private Json() {}

  /**
   * @throws IllegalArgumentException if the record is of another format
   */
  static JsonNode ofFormat(JsonNode json, int format) {
    long found = number(json, "format");
    if (found != format) {
      throw new IllegalArgumentException(
          "format " + found + ", but this release reads format " + format + " only");
    }
    return json;
  }

  static String text(JsonNode json, String name) {
    return required(json, name).asText();
  }

  static long number(JsonNode json, String name) {
    return required(json, name).asLong();
  }

  private static JsonNode required(JsonNode json, String name) {
    JsonNode value = json == null ? null : json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field '" + name + "'");
    }
    return value;
  }
}
