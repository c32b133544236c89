package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.DUPLICATE_FIELD;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads a JSON object into a row. Fields may come in any order; in the contract's order they are
 * found without a look into the map. Fields that the contract does not know are counted and passed
 * over.
 */
final class JsonObject extends JsonValue {

  private static final int UNKNOWN = -1;

  private final String[] names;
  private final JsonValue[] values;
  private final boolean[] required;
  private final Map<String, Integer> positions;
  private final boolean[] seen;

  JsonObject(RowType type) {
    List<RowType.RowField> fields = type.getFields();
    this.names = new String[fields.size()];
    this.values = new JsonValue[fields.size()];
    this.required = new boolean[fields.size()];
    this.positions = new HashMap<>();
    this.seen = new boolean[fields.size()];
    for (int i = 0; i < names.length; i++) {
      RowType.RowField field = fields.get(i);
      // The parser hands out interned names: most comparisons end at the reference.
      names[i] = field.getName().intern();
      positions.put(names[i], i);
      required[i] = !field.getType().isNullable();
      try {
        values[i] = JsonValue.of(field.getType());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("field '" + names[i] + "': " + e.getMessage(), e);
      }
    }
  }

  @Override
  GenericRowData read(JsonParser parser, JsonDocument document) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw DecodingException.wrongType(found(parser), "an object");
    }
    GenericRowData row = new GenericRowData(names.length);
    Arrays.fill(seen, false);
    int known = 0;
    int expected = 0;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int position = position(name, expected);
      JsonToken token = parser.nextToken();
      if (position == UNKNOWN) {
        document.unknownField();
        parser.skipChildren();
        continue;
      }
      if (seen[position]) {
        throw new DecodingException(DUPLICATE_FIELD, "the field occurs twice").inField(name);
      }
      seen[position] = true;
      known++;
      expected = position + 1;
      row.setField(position, value(position, token, parser, document));
    }
    if (known < names.length) {
      requirePresence();
    }
    return row;
  }

  private int position(String name, int expected) {
    if (expected < names.length && names[expected].equals(name)) {
      return expected;
    }
    Integer position = positions.get(name);
    return position == null ? UNKNOWN : position;
  }

  private Object value(int position, JsonToken token, JsonParser parser, JsonDocument document)
      throws IOException {
    try {
      if (token != JsonToken.VALUE_NULL) {
        return values[position].read(parser, document);
      }
      if (!required[position]) {
        return null;
      }
      throw new DecodingException(MISSING_FIELD, "null where a value is required");
    } catch (DecodingException e) {
      throw e.inField(names[position]);
    }
  }

  private void requirePresence() {
    for (int i = 0; i < names.length; i++) {
      if (required[i] && !seen[i]) {
        throw new DecodingException(MISSING_FIELD, "the required field is absent")
            .inField(names[i]);
      }
    }
  }
}
