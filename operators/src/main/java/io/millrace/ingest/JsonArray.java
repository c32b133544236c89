package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.types.logical.ArrayType;

/** Reads a JSON array. */
final class JsonArray extends JsonValue {

  private final JsonValue element;
  private final JsonSite site;
  private final boolean nullable;
  private int index;

  JsonArray(ArrayType type, ArrayType slot, String path, List<JsonArray> around) {
    List<JsonArray> arrays = new ArrayList<>(around);
    arrays.add(this);
    this.site = new JsonSite(path + "[]", type.getElementType(), slot.getElementType(), arrays);
    this.element = JsonValue.of(site);
    this.nullable = type.getElementType().isNullable();
  }

  /** Of the element that is being read. */
  int index() {
    return index;
  }

  @Override
  Object read(JsonParser parser, JsonDocument document) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw DecodingException.wrongType(found(parser), "an array");
    }
    List<Object> values = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      index = values.size();
      values.add(value(token, parser, document));
      token = parser.nextToken();
    }
    return new GenericArrayData(values.toArray());
  }

  private Object value(JsonToken token, JsonParser parser, JsonDocument document)
      throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      if (nullable) {
        return null;
      }
      if (document.drift() != null) {
        return document.drift().nullInRequired(site);
      }
      throw new DecodingException(MISSING_FIELD, "null where an element is required")
          .atIndex(index);
    }
    try {
      return element.read(parser, document);
    } catch (DecodingException e) {
      if (document.drift() != null && e.isMismatch()) {
        return document.drift().mismatch(site, parser, e);
      }
      throw e.atIndex(index);
    }
  }
}
