package io.millrace.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * A JSON value that is not what the contract expects: its text, and the least type that holds it.
 *
 * @param token its first
 * @param text of a scalar: without quotes and escapes; empty for objects and arrays
 * @param raw the document
 * @param start of the value in the document, in bytes
 * @param end behind the value
 * @param type null for objects, arrays and numbers beyond all types
 */
record JsonFound(JsonToken token, String text, byte[] raw, int start, int end, LogicalType type) {

  private static final int SAMPLE_BYTES = 4 * Deviation.MAX_SAMPLE;

  /**
   * Takes the value at the parser's current token; its last token is then the current one.
   *
   * @param expected strings are looked at for dates and times only where such are expected
   */
  static JsonFound take(JsonParser parser, byte[] raw, LogicalType expected) throws IOException {
    JsonToken token = parser.currentToken();
    int start = (int) parser.currentTokenLocation().getByteOffset();
    String text = "";
    if (token.isStructStart()) {
      parser.skipChildren();
    } else {
      text = parser.getText();
    }
    int end = (int) parser.currentLocation().getByteOffset();
    return new JsonFound(token, text, raw, start, end, type(token, text, expected));
  }

  /** The value's JSON text, as the producer wrote it. */
  StringData json() {
    byte[] bytes = new byte[end - start];
    System.arraycopy(raw, start, bytes, 0, bytes.length);
    return StringData.fromBytes(bytes);
  }

  /** The beginning of the JSON text. */
  String sample() {
    return new String(raw, start, Math.min(end - start, SAMPLE_BYTES), StandardCharsets.UTF_8);
  }

  boolean isNumber() {
    return token.isNumeric();
  }

  boolean isString() {
    return token == JsonToken.VALUE_STRING;
  }

  /** Of the type, for messages. */
  String name() {
    if (type != null) {
      return type.copy(true).asSummaryString();
    }
    return family(null).toUpperCase(Locale.ROOT);
  }

  /** The last part of a variant's name. */
  String family() {
    return family(type);
  }

  private String family(LogicalType known) {
    if (known != null) {
      return familyOf(known);
    }
    return switch (token) {
      case START_OBJECT -> "object";
      case START_ARRAY -> "array";
      case VALUE_NULL -> "null";
      default -> "number";
    };
  }

  /** The last part of the name of a variant of this type. */
  static String familyOf(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> "string";
      case BINARY, VARBINARY -> "bytes";
      case TINYINT, SMALLINT, INTEGER, BIGINT -> "bigint";
      case FLOAT, DOUBLE -> "double";
      case TIMESTAMP_WITHOUT_TIME_ZONE -> "timestamp";
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> "timestamp_ltz";
      case TIME_WITHOUT_TIME_ZONE -> "time";
      case ROW -> "object";
      default -> type.getTypeRoot().name().toLowerCase(Locale.ROOT);
    };
  }

  private static LogicalType type(JsonToken token, String text, LogicalType expected) {
    return switch (token) {
      case VALUE_TRUE, VALUE_FALSE -> new BooleanType();
      case VALUE_STRING -> expected.is(LogicalTypeFamily.DATETIME) ? timeOrString(text) : string();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(text);
      default -> null;
    };
  }

  private static LogicalType string() {
    return new VarCharType(VarCharType.MAX_LENGTH);
  }

  private static LogicalType timeOrString(String text) {
    IsoTimes.Reading time = IsoTimes.anyForm(text);
    if (time == null) {
      return string();
    }
    if (!time.hasTimeOfDay()) {
      return new DateType();
    }
    return time.isZoned()
        ? new LocalZonedTimestampType(time.digits())
        : new TimestampType(time.digits());
  }

  /** The least of the integers and decimals; a float is a decimal, which is exact. */
  private static LogicalType number(String text) {
    BigDecimal value = new BigDecimal(text).stripTrailingZeros();
    long integerDigits = value.signum() == 0 ? 0 : (long) value.precision() - value.scale();
    int scale = Math.max(0, value.scale());
    if (integerDigits > DecimalType.MAX_PRECISION
        || Math.max(integerDigits, 0) + scale > DecimalType.MAX_PRECISION) {
      return null;
    }
    if (scale == 0 && text.indexOf('.') < 0) {
      return Widening.ofWhole(value.toBigIntegerExact());
    }
    return new DecimalType(Math.max(1, (int) Math.max(integerDigits, 0) + scale), scale);
  }
}
