package io.millrace.online;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Values as a person reads them in {@code HGETALL}: numbers plain, booleans {@code true} and {@code
 * false}, times in ISO-8601, bytes in base64, arrays as JSON. What {@link #format} writes, {@link
 * #parse} reads back to an equal value.
 */
public final class TextValues {

  public static final JsonFactory JSON = new JsonFactory();

  /** Doubles from here on keep their exponent: more digits would be padding, not information. */
  private static final double LARGEST_PLAIN = 1e21;

  private TextValues() {}

  /** Text of a value of {@link JavaValues}, never null. */
  public static String format(Object value) {
    if (value instanceof Double number) {
      return plain(number, number.toString());
    }
    if (value instanceof Float number) {
      return plain(number, number.toString());
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof List<?> list) {
      return json(list);
    }
    return value.toString();
  }

  private static String plain(double number, String text) {
    return text.indexOf('E') < 0 || Math.abs(number) >= LARGEST_PLAIN || Math.abs(number) < 1e-9
        ? text
        : new BigDecimal(text).stripTrailingZeros().toPlainString();
  }

  private static String json(List<?> list) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      writeJson(out, list);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /**
   * Writes a value of {@link JavaValues} as JSON. What JSON has no number for (NaN, infinities)
   * becomes a string, as do times and bytes.
   */
  public static void writeJson(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Double || value instanceof Float) {
      if (Double.isFinite(((Number) value).doubleValue())) {
        out.writeNumber(format(value));
      } else {
        out.writeString(value.toString());
      }
    } else if (value instanceof Number) {
      out.writeNumber(format(value));
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        writeJson(out, element);
      }
      out.writeEndArray();
    } else {
      out.writeString(format(value));
    }
  }

  /** Writes a field of this name, an object with a field for each value. */
  public static void writeJson(JsonGenerator out, String name, Map<String, Object> values)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Object> value : values.entrySet()) {
      out.writeFieldName(value.getKey());
      writeJson(out, value.getValue());
    }
    out.writeEndObject();
  }

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException if the text is not one of the type
   */
  public static Object parse(LogicalType type, String text) {
    try {
      return switch (type.getTypeRoot()) {
        case CHAR, VARCHAR -> text;
        case BOOLEAN -> bool(text);
        case TINYINT -> Byte.valueOf(text);
        case SMALLINT -> Short.valueOf(text);
        case INTEGER -> Integer.valueOf(text);
        case BIGINT -> Long.valueOf(text);
        case FLOAT -> Float.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case DECIMAL -> new BigDecimal(text);
        case DATE -> LocalDate.parse(text);
        case TIME_WITHOUT_TIME_ZONE -> LocalTime.parse(text);
        case TIMESTAMP_WITHOUT_TIME_ZONE -> LocalDateTime.parse(text);
        case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Instant.parse(text);
        case BINARY, VARBINARY -> Base64.getDecoder().decode(text);
        case ARRAY -> array(((ArrayType) type).getElementType(), text);
        default -> throw new IllegalArgumentException("no text form");
      };
    } catch (IllegalArgumentException | DateTimeException | IOException problem) {
      throw new IllegalArgumentException(
          "\"%s\" is not a value of type %s".formatted(text, type.asSummaryString()), problem);
    }
  }

  private static Boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private static List<Object> array(LogicalType elementType, String text) throws IOException {
    List<Object> values = new ArrayList<>();
    try (JsonParser in = JSON.createParser(text)) {
      if (in.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException("not a JSON array");
      }
      for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
        if (token == null || token.isStructStart()) {
          throw new IllegalArgumentException("not an array of plain values");
        }
        values.add(token == JsonToken.VALUE_NULL ? null : parse(elementType, in.getText()));
      }
    }
    return Collections.unmodifiableList(values);
  }
}
