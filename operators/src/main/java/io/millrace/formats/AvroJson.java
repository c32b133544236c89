package io.millrace.formats;

import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;
import static io.millrace.records.DeadLetterReason.TRAILING_DATA;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.ingest.DecodingException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Writes an Avro record as JSON by its writer's schema: every field under its own name, whatever
 * the contract knows of it.
 *
 * <table>
 * <caption>types</caption>
 * <tr><th>Avro</th><th>JSON</th></tr>
 * <tr><td>int, long, float, double, boolean, null</td><td>as they are</td></tr>
 * <tr><td>string, enum, uuid</td><td>string</td></tr>
 * <tr><td>decimal</td><td>number with all its digits</td></tr>
 * <tr><td>date, time, timestamp, local timestamp</td><td>ISO-8601 string</td></tr>
 * <tr><td>bytes, fixed, duration</td><td>base64 string</td></tr>
 * <tr><td>record, map / array</td><td>object / array</td></tr>
 * <tr><td>union</td><td>the value, without the name of its type</td></tr>
 * </table>
 *
 * <p>Arrays and maps may have at most {@value #MAX_ITEMS} items, and {@value #MAX_DEPTH} levels.
 */
final class AvroJson {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_ITEMS = 1 << 20;

  private final AvroBytes in = new AvroBytes();
  private final JsonBuffer buffer = new JsonBuffer();
  private int items;

  byte[] json(Schema schema, byte[] record, int offset) throws IOException {
    in.begin(record, offset);
    items = 0;
    byte[] json = buffer.write(out -> write(schema, out, 0));
    if (in.left() > 0) {
      throw new DecodingException(
          TRAILING_DATA,
          in.left()
              + " bytes follow a record of schema "
              + schema.getFullName()
              + "; it was perhaps written with another schema");
    }
    return json;
  }

  private void write(Schema schema, JsonGenerator out, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("nested deeper than " + MAX_DEPTH + " levels");
    }
    switch (schema.getType()) {
      case NULL -> out.writeNull();
      case BOOLEAN -> out.writeBoolean(in.readBoolean());
      case INT -> writeInt(schema.getLogicalType(), in.readInt(), out);
      case LONG -> writeLong(schema.getLogicalType(), in.readLong(), out);
      case FLOAT -> out.writeNumber(in.readFloat());
      case DOUBLE -> out.writeNumber(in.readDouble());
      case STRING -> out.writeString(text());
      case BYTES -> writeBytes(schema.getLogicalType(), in.readLength(), out);
      case FIXED -> writeBytes(schema.getLogicalType(), schema.getFixedSize(), out);
      case ENUM -> out.writeString(chosen(schema.getEnumSymbols(), "symbol"));
      case UNION -> write(chosen(schema.getTypes(), "branch"), out, depth);
      case ARRAY -> {
        out.writeStartArray();
        for (long left = block(); left > 0; left = block()) {
          for (long i = 0; i < left; i++) {
            write(schema.getElementType(), out, depth + 1);
          }
        }
        out.writeEndArray();
      }
      case MAP -> {
        out.writeStartObject();
        for (long left = block(); left > 0; left = block()) {
          for (long i = 0; i < left; i++) {
            out.writeFieldName(text());
            write(schema.getValueType(), out, depth + 1);
          }
        }
        out.writeEndObject();
      }
      case RECORD -> {
        out.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
          out.writeFieldName(field.name());
          write(field.schema(), out, depth + 1);
        }
        out.writeEndObject();
      }
    }
  }

  /** Items of the next block of an array or map; zero at its end. */
  private long block() throws IOException {
    long count = in.readLong();
    if (count < 0) {
      // A negative count is followed by the size of the block, for readers that skip it.
      count = -count;
      in.readLong();
    }
    if (count < 0 || count > MAX_ITEMS - items) {
      throw new IOException("more than " + MAX_ITEMS + " items in arrays and maps");
    }
    items += (int) count;
    return count;
  }

  private <T> T chosen(List<T> choices, String what) throws IOException {
    int index = in.readInt();
    if (index < 0 || index >= choices.size()) {
      throw new IOException(what + " " + index + " of " + choices.size());
    }
    return choices.get(index);
  }

  private String text() throws IOException {
    int length = in.readLength();
    int from = in.skip(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(in.array(), from, length))
          .toString();
    } catch (CharacterCodingException broken) {
      throw new DecodingException(INVALID_ENCODING, "a string that is not UTF-8");
    }
  }

  private void writeBytes(LogicalType logical, int length, JsonGenerator out) throws IOException {
    int from = in.skip(length);
    if (logical instanceof LogicalTypes.Decimal decimal) {
      byte[] unscaled = Arrays.copyOfRange(in.array(), from, from + length);
      out.writeNumber(
          length == 0
              ? BigDecimal.ZERO
              : new BigDecimal(new BigInteger(unscaled), decimal.getScale()));
    } else {
      out.writeBinary(in.array(), from, length);
    }
  }

  private static void writeInt(LogicalType logical, int value, JsonGenerator out)
      throws IOException {
    if (logical instanceof LogicalTypes.Date) {
      out.writeString(LocalDate.ofEpochDay(value).toString());
    } else if (logical instanceof LogicalTypes.TimeMillis) {
      out.writeString(time(value, 1_000_000L));
    } else {
      out.writeNumber(value);
    }
  }

  private static void writeLong(LogicalType logical, long value, JsonGenerator out)
      throws IOException {
    if (logical instanceof LogicalTypes.TimestampMillis) {
      out.writeString(Instant.ofEpochMilli(value).toString());
    } else if (logical instanceof LogicalTypes.TimestampMicros) {
      out.writeString(instant(value, 1_000_000L).toString());
    } else if (logical instanceof LogicalTypes.TimestampNanos) {
      out.writeString(instant(value, 1_000_000_000L).toString());
    } else if (logical instanceof LogicalTypes.LocalTimestampMillis) {
      out.writeString(local(instant(value, 1_000L)));
    } else if (logical instanceof LogicalTypes.LocalTimestampMicros) {
      out.writeString(local(instant(value, 1_000_000L)));
    } else if (logical instanceof LogicalTypes.LocalTimestampNanos) {
      out.writeString(local(instant(value, 1_000_000_000L)));
    } else if (logical instanceof LogicalTypes.TimeMicros) {
      out.writeString(time(value, 1_000L));
    } else {
      out.writeNumber(value);
    }
  }

  private static String time(long value, long nanosPerUnit) throws IOException {
    if (value < 0 || value >= 86_400_000_000_000L / nanosPerUnit) {
      throw new IOException(value + " is no time of day");
    }
    return LocalTime.ofNanoOfDay(value * nanosPerUnit).toString();
  }

  private static Instant instant(long value, long unitsPerSecond) {
    return Instant.ofEpochSecond(
        Math.floorDiv(value, unitsPerSecond),
        Math.floorMod(value, unitsPerSecond) * (1_000_000_000L / unitsPerSecond));
  }

  private static String local(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
  }
}
