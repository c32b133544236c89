package io.millrace.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Reads one JSON value into Flink's internal form of one logical type. NOT thread safe. */
abstract class JsonValue {

  /**
   * Reads the value whose first token is the parser's current one; it is not {@code null}.
   *
   * @throws DecodingException if the value does not fit
   */
  abstract Object read(JsonParser parser, JsonDocument document) throws IOException;

  /**
   * @throws IllegalArgumentException if JSON has no form for the type
   */
  static JsonValue of(JsonSite site) {
    LogicalType type = site.type();
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> new Bool();
      case TINYINT -> new Int(site, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case SMALLINT -> new Int(site, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> new Int(site, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> new Int(site, Long.MIN_VALUE, Long.MAX_VALUE);
      case FLOAT, DOUBLE -> new Real(site);
      case DECIMAL -> new Dec((DecimalType) type);
      case CHAR, VARCHAR -> new Text(LogicalTypeChecks.getLength(type));
      case BINARY, VARBINARY -> new Bytes(LogicalTypeChecks.getLength(type));
      case DATE,
          TIME_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          new Time(type);
      case ARRAY ->
          new JsonArray((ArrayType) type, (ArrayType) site.slot(), site.path(), site.arrays());
      case ROW ->
          new JsonObject(
              (RowType) type, (RowType) site.slot(), site.path(), site.arrays(), Map.of());
      default ->
          throw new IllegalArgumentException(
              "type "
                  + type.asSummaryString()
                  + " has no JSON form here; use a scalar, an array or an object");
    };
  }

  /** How a token reads in a message. */
  static String found(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "the string " + DecodingException.shown(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> "the boolean " + parser.getText();
      case VALUE_NULL -> "null";
      default -> "the number " + DecodingException.shown(parser.getText());
    };
  }

  private static final class Bool extends JsonValue {
    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      return switch (parser.currentToken()) {
        case VALUE_TRUE -> Boolean.TRUE;
        case VALUE_FALSE -> Boolean.FALSE;
        default -> throw DecodingException.wrongType(found(parser), "BOOLEAN");
      };
    }
  }

  /** Whole numbers; {@code 1.0} and {@code "1"} are refused. */
  private static final class Int extends JsonValue {
    private final String type;
    private final long lowest;
    private final long highest;
    private final LogicalTypeRoot slot;

    Int(JsonSite site, long lowest, long highest) {
      this.type = site.type().getTypeRoot().name();
      this.lowest = lowest;
      this.highest = highest;
      this.slot = site.slot().getTypeRoot();
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw DecodingException.wrongType(found(parser), type);
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw Exactly.outOfRange(parser.getText(), type);
      }
      long value = Exactly.within(parser.getLongValue(), lowest, highest, type);
      if (slot == LogicalTypeRoot.BIGINT) {
        return value;
      }
      if (slot == LogicalTypeRoot.INTEGER) {
        return (int) value;
      }
      if (slot == LogicalTypeRoot.SMALLINT) {
        return (short) value;
      }
      return (byte) value;
    }
  }

  /** Binary floating point: the nearest value, as JSON numbers are commonly read. Finite. */
  private static final class Real extends JsonValue {
    private final String type;
    private final boolean single;
    private final boolean singleSlot;

    Real(JsonSite site) {
      this.type = site.type().getTypeRoot().name();
      this.single = site.type().is(LogicalTypeRoot.FLOAT);
      this.singleSlot = site.slot().is(LogicalTypeRoot.FLOAT);
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      if (!parser.currentToken().isNumeric()) {
        throw DecodingException.wrongType(found(parser), type);
      }
      if (singleSlot) {
        float value = parser.getFloatValue();
        if (Float.isInfinite(value)) {
          throw Exactly.outOfRange(parser.getText(), type);
        }
        return value;
      }
      // A float in the slot of a double keeps the digits that it came with.
      double value = parser.getDoubleValue();
      if (Double.isInfinite(value) || (single && Float.isInfinite((float) value))) {
        throw Exactly.outOfRange(parser.getText(), type);
      }
      return value;
    }
  }

  /** Numbers, and numerals in strings, which many producers use to keep their digits. */
  private static final class Dec extends JsonValue {
    /** That a long holds whatever they are. */
    private static final int MAX_DIGITS = 18;

    private static final long[] POWERS = new long[MAX_DIGITS + 1];

    static {
      POWERS[0] = 1;
      for (int i = 1; i < POWERS.length; i++) {
        POWERS[i] = 10 * POWERS[i - 1];
      }
    }

    private final int precision;
    private final int scale;

    Dec(DecimalType type) {
      this.precision = type.getPrecision();
      this.scale = type.getScale();
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      JsonToken token = parser.currentToken();
      if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
        throw DecodingException.wrongType(found(parser), "DECIMAL");
      }
      DecimalData small = token.isNumeric() ? small(parser) : null;
      return small != null
          ? small
          : Exactly.decimal(Exactly.numeral(parser.getText()), precision, scale);
    }

    /** The common case without a BigDecimal: a plain numeral that fits; null for all others. */
    private DecimalData small(JsonParser parser) throws IOException {
      if (precision > MAX_DIGITS || parser.getTextLength() > MAX_DIGITS) {
        return null;
      }
      char[] text = parser.getTextCharacters();
      int end = parser.getTextOffset() + parser.getTextLength();
      int at = parser.getTextOffset();
      boolean negative = text[at] == '-';
      long unscaled = 0;
      int point = end;
      for (int i = negative ? at + 1 : at; i < end; i++) {
        int digit = text[i] - '0';
        if (digit >= 0 && digit <= 9) {
          unscaled = unscaled * 10 + digit;
        } else if (text[i] == '.') {
          point = i + 1;
        } else {
          return null;
        }
      }
      int missing = scale - (end - point);
      if (missing < 0 || unscaled >= POWERS[Math.max(0, precision - missing)]) {
        return null;
      }
      long value = unscaled * POWERS[missing];
      return DecimalData.fromUnscaledLong(negative ? -value : value, precision, scale);
    }
  }

  private static final class Text extends JsonValue {
    private final int maxLength;

    Text(int maxLength) {
      this.maxLength = maxLength;
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw DecodingException.wrongType(found(parser), "STRING");
      }
      return document.text(parser, maxLength);
    }
  }

  /** Bytes in base64 (RFC 4648, with padding). */
  private static final class Bytes extends JsonValue {
    private final int maxLength;

    Bytes(int maxLength) {
      this.maxLength = maxLength;
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw DecodingException.wrongType(found(parser), "BYTES in base64");
      }
      String text = parser.getText();
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw DecodingException.wrongType(
            "the string " + DecodingException.shown(text), "BYTES in base64");
      }
      return Exactly.bytes(bytes, maxLength);
    }
  }

  /**
   * Dates and times in ISO-8601. A timestamp with local time zone, being a moment, may also be a
   * whole number: milliseconds since 1970-01-01T00:00:00Z.
   */
  private static final class Time extends JsonValue {
    private final LogicalType type;
    private final int precision;

    Time(LogicalType type) {
      this.type = type;
      this.precision =
          type.getTypeRoot() == LogicalTypeRoot.DATE ? 0 : LogicalTypeChecks.getPrecision(type);
    }

    @Override
    Object read(JsonParser parser, JsonDocument document) throws IOException {
      boolean text = parser.currentToken() == JsonToken.VALUE_STRING;
      return switch (type.getTypeRoot()) {
        case DATE -> text ? (Object) IsoTimes.date(parser.getText()) : refuse(parser);
        case TIME_WITHOUT_TIME_ZONE ->
            text ? (Object) IsoTimes.time(parser.getText(), precision) : refuse(parser);
        case TIMESTAMP_WITHOUT_TIME_ZONE ->
            text ? IsoTimes.local(parser.getText(), precision) : refuse(parser);
        default -> text ? IsoTimes.instant(parser.getText(), precision) : epochMillis(parser);
      };
    }

    private Object epochMillis(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        return refuse(parser);
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw Exactly.outOfRange(parser.getText(), "milliseconds since 1970");
      }
      return IsoTimes.statedEpochMillis(parser.getLongValue());
    }

    private Object refuse(JsonParser parser) throws IOException {
      throw DecodingException.wrongType(
          found(parser), "an ISO-8601 string for " + type.copy(true).asSummaryString());
    }
  }
}
