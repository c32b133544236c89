package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.types.logical.LogicalType;

/** Reads a JSON array. */
final class JsonArray extends JsonValue {

  private final JsonValue element;
  private final boolean nullable;

  JsonArray(LogicalType elementType) {
    this.element = JsonValue.of(elementType);
    this.nullable = elementType.isNullable();
  }

  @Override
  Object read(JsonParser parser, JsonDocument document) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw DecodingException.wrongType(found(parser), "an array");
    }
    List<Object> values = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      try {
        if (token != JsonToken.VALUE_NULL) {
          values.add(element.read(parser, document));
        } else if (nullable) {
          values.add(null);
        } else {
          throw new DecodingException(MISSING_FIELD, "null where an element is required");
        }
      } catch (DecodingException e) {
        throw e.atIndex(values.size());
      }
      token = parser.nextToken();
    }
    return new GenericArrayData(values.toArray());
  }
}
