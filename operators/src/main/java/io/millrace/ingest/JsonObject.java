package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.DUPLICATE_FIELD;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads a JSON object into a row. Fields may come in any order; in the contract's order they are
 * found by comparing bytes, without decoding their names. A field may come under its name or an
 * alias; when a record has both, the one that is not null counts, and its name before an alias.
 * Fields that the contract does not know are counted and passed over, unless the document keeps an
 * account of them.
 */
final class JsonObject extends JsonValue {

  private static final int UNKNOWN = -1;

  /** Bit of a position that was found by an alias. */
  private static final int ALIAS = 1 << 30;

  private static final byte SEEN_BY_ALIAS = 1;
  private static final byte SEEN_BY_NAME = 2;

  private final String[] names;
  private final SerializableString[] encodedNames;
  private final JsonValue[] values;
  private final JsonSite[] sites;
  private final boolean[] required;
  private final Map<String, Integer> positions;
  private final byte[] seen;
  private final String prefix;
  private final List<JsonArray> arrays;
  private final int arity;

  /**
   * @param slots what the row is made of; it may have more fields, which are left null
   * @param path of the object, empty for the document
   * @param aliases to the fields' names
   */
  JsonObject(
      RowType type,
      RowType slots,
      String path,
      List<JsonArray> arrays,
      Map<String, String> aliases) {
    List<RowType.RowField> fields = type.getFields();
    this.names = new String[fields.size()];
    this.encodedNames = new SerializableString[fields.size()];
    this.values = new JsonValue[fields.size()];
    this.sites = new JsonSite[fields.size()];
    this.required = new boolean[fields.size()];
    this.positions = new HashMap<>();
    this.seen = new byte[fields.size()];
    this.prefix = path.isEmpty() ? "" : path + ".";
    this.arrays = List.copyOf(arrays);
    this.arity = slots.getFieldCount();
    for (int i = 0; i < names.length; i++) {
      RowType.RowField field = fields.get(i);
      names[i] = field.getName();
      encodedNames[i] = new SerializedString(names[i]);
      positions.put(names[i], i);
      required[i] = !field.getType().isNullable();
      sites[i] = new JsonSite(prefix + names[i], field.getType(), slots.getTypeAt(i), arrays);
      try {
        values[i] = JsonValue.of(sites[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("field '" + names[i] + "': " + e.getMessage(), e);
      }
    }
    aliases.forEach(
        (alias, name) -> {
          Integer position = positions.get(name);
          if (position != null) {
            positions.putIfAbsent(alias, position | ALIAS);
          }
        });
  }

  @Override
  GenericRowData read(JsonParser parser, JsonDocument document) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw DecodingException.wrongType(found(parser), "an object");
    }
    GenericRowData row = new GenericRowData(arity);
    Arrays.fill(seen, (byte) 0);
    int known = 0;
    int expected = 0;
    while (true) {
      int position;
      String name;
      if (expected < names.length && parser.nextFieldName(encodedNames[expected])) {
        position = expected;
        name = names[expected];
      } else {
        name = expected < names.length ? nameOf(parser) : parser.nextFieldName();
        if (name == null) {
          break;
        }
        position = positions.getOrDefault(name, UNKNOWN);
      }
      JsonToken token = parser.nextToken();
      if (position == UNKNOWN) {
        unknownField(name, parser, document);
        continue;
      }
      boolean counts = true;
      if ((position & ALIAS) != 0) {
        position ^= ALIAS;
        counts = countsByAlias(position, name, token, row);
      } else if (seen[position] == SEEN_BY_NAME) {
        throw new DecodingException(DUPLICATE_FIELD, "the field occurs twice").inField(name);
      } else if (seen[position] == SEEN_BY_ALIAS) {
        seen[position] = SEEN_BY_NAME;
        counts = token != JsonToken.VALUE_NULL;
      } else {
        seen[position] = SEEN_BY_NAME;
        known++;
      }
      expected = position + 1;
      if (counts) {
        row.setField(position, value(position, token, parser, document));
      } else {
        parser.skipChildren();
      }
    }
    if (known < names.length) {
      requirePresence(document);
    }
    return row;
  }

  /** Null behind the last field. */
  private static String nameOf(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.FIELD_NAME ? parser.currentName() : null;
  }

  private void unknownField(String name, JsonParser parser, JsonDocument document)
      throws IOException {
    if (document.drift() == null) {
      document.unknownField();
      parser.skipChildren();
    } else if (document.drift().unknownField(prefix + name, arrays, parser)) {
      document.unknownField();
    }
  }

  /** Whether the value under an alias is the field's. */
  private boolean countsByAlias(int position, String alias, JsonToken token, GenericRowData row) {
    byte before = seen[position];
    if (before == SEEN_BY_ALIAS) {
      throw new DecodingException(
              DUPLICATE_FIELD, "the field occurs twice, the second time as '" + alias + "'")
          .inField(names[position]);
    }
    seen[position] = before == SEEN_BY_NAME ? before : SEEN_BY_ALIAS;
    return before == 0 || (row.getField(position) == null && token != JsonToken.VALUE_NULL);
  }

  private Object value(int position, JsonToken token, JsonParser parser, JsonDocument document)
      throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      if (!required[position]) {
        return null;
      }
      if (document.drift() != null) {
        return document.drift().nullInRequired(sites[position]);
      }
      throw new DecodingException(MISSING_FIELD, "null where a value is required")
          .inField(names[position]);
    }
    try {
      return values[position].read(parser, document);
    } catch (DecodingException e) {
      if (document.drift() != null && e.isMismatch()) {
        return document.drift().mismatch(sites[position], parser, e);
      }
      throw e.inField(names[position]);
    }
  }

  private void requirePresence(JsonDocument document) {
    for (int i = 0; i < names.length; i++) {
      if (!required[i] || seen[i] != 0) {
        continue;
      }
      if (document.drift() == null) {
        throw new DecodingException(MISSING_FIELD, "the required field is absent")
            .inField(names[i]);
      }
      document.drift().missing(sites[i]);
    }
  }

  /** Optional fields that the object read last does not have. */
  List<String> absentOptional() {
    List<String> absent = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      if (seen[i] == 0 && !required[i]) {
        absent.add(names[i]);
      }
    }
    return absent;
  }
}
