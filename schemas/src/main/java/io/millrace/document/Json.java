package io.millrace.document;

import com.fasterxml.jackson.databind.JsonNode;

/** What the readers of JSON records have in common. */
public final class Json {

  private Json() {}

  /**
   * @throws IllegalArgumentException if the record is of another format
   */
  public static JsonNode ofFormat(JsonNode json, int format) {
    long found = number(json, "format");
    if (found != format) {
      throw new IllegalArgumentException(
          "format " + found + ", but this release reads format " + format + " only");
    }
    return json;
  }

  public static String text(JsonNode json, String name) {
    return required(json, name).asText();
  }

  public static long number(JsonNode json, String name) {
    return required(json, name).asLong();
  }

  /** The value of a field that has to be there; it may be a JSON null. */
  public static JsonNode required(JsonNode json, String name) {
    JsonNode value = json == null ? null : json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field '" + name + "'");
    }
    return value;
  }
}
