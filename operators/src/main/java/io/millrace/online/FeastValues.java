package io.millrace.online;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Values as Feast's SDK stores them: the protobuf message {@code feast.types.Value}, a {@code
 * oneof} of which exactly one field is written, also when it holds zero.
 *
 * <pre>
 * field type   bytes                    field  type            bytes
 *  1 bytes     0a len ...                11 bytes list         5a len (0a len ...)*
 *  2 string    12 len utf8               12 string list        62 len (0a len utf8)*
 *  3 int32     18 varint                 13 int32 list         6a len 0a len varint*
 *  4 int64     20 varint                 14 int64 list         72 len 0a len varint*
 *  5 double    29 8 bytes LE             15 double list        7a len 0a len (8 bytes LE)*
 *  6 float     35 4 bytes LE             16 float list      82 01 len 0a len (4 bytes LE)*
 *  7 bool      38 00|01                  17 bool list       8a 01 len 0a len (00|01)*
 *  8 unix time 40 varint (seconds)       18 unix time list  92 01 len 0a len varint*
 * null: no bytes at all
 * </pre>
 *
 * <p>Feast's types are fewer than ours: TINYINT and SMALLINT travel as int32, DECIMAL as double
 * (rounded to 53 bits), dates and timestamps as whole seconds UTC (rounded down), TIME as a string;
 * a null within an array is left out.
 *
 * @see <a href="https://github.com/feast-dev/feast/blob/master/protos/feast/types/Value.proto">
 *     Value.proto</a>
 */
final class FeastValues {

  static final byte[] NULL = new byte[0];

  private static final int BYTES = 1;
  private static final int STRING = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int DOUBLE = 5;
  private static final int FLOAT = 6;
  private static final int BOOL = 7;
  private static final int UNIX_TIMESTAMP = 8;
  private static final int LISTS = 10;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private FeastValues() {}

  /** Field number of a scalar type in {@code feast.types.Value}; also its number as a key type. */
  static int number(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR, TIME_WITHOUT_TIME_ZONE -> STRING;
      case BINARY, VARBINARY -> BYTES;
      case TINYINT, SMALLINT, INTEGER -> INT32;
      case BIGINT -> INT64;
      case FLOAT -> FLOAT;
      case DOUBLE, DECIMAL -> DOUBLE;
      case BOOLEAN -> BOOL;
      case DATE, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> UNIX_TIMESTAMP;
      default ->
          throw new IllegalArgumentException("Feast has no type for " + type.asSummaryString());
    };
  }

  /** Bytes of a value of {@link JavaValues}; of null, no bytes. */
  static byte[] encode(LogicalType type, Object value) {
    if (value == null) {
      return NULL;
    }
    ProtoOut out = new ProtoOut();
    if (type instanceof ArrayType array) {
      int element = number(array.getElementType());
      ProtoOut list = new ProtoOut();
      if (wireType(element) == LENGTH_DELIMITED) {
        for (Object each : (List<?>) value) {
          if (each != null) {
            list.tag(1, LENGTH_DELIMITED);
            scalar(list, element, each);
          }
        }
      } else {
        ProtoOut packed = new ProtoOut();
        for (Object each : (List<?>) value) {
          if (each != null) {
            scalar(packed, element, each);
          }
        }
        if (packed.size() > 0) {
          list.tag(1, LENGTH_DELIMITED);
          list.bytes(packed.toByteArray());
        }
      }
      out.tag(LISTS + element, LENGTH_DELIMITED);
      out.bytes(list.toByteArray());
    } else {
      int number = number(type);
      out.tag(number, wireType(number));
      scalar(out, number, value);
    }
    return out.toByteArray();
  }

  private static int wireType(int number) {
    return switch (number) {
      case BYTES, STRING -> LENGTH_DELIMITED;
      case DOUBLE -> FIXED64;
      case FLOAT -> FIXED32;
      default -> VARINT;
    };
  }

  private static void scalar(ProtoOut out, int number, Object value) {
    switch (number) {
      case BYTES -> out.bytes((byte[]) value);
      case STRING -> out.bytes(value.toString().getBytes(StandardCharsets.UTF_8));
      case INT32, INT64 -> out.varint(((Number) value).longValue());
      case DOUBLE -> out.fixed64(Double.doubleToRawLongBits(((Number) value).doubleValue()));
      case FLOAT -> out.fixed32(Float.floatToRawIntBits((float) value));
      case BOOL -> out.varint((boolean) value ? 1 : 0);
      case UNIX_TIMESTAMP -> out.varint(unixSeconds(value));
      default -> throw new IllegalStateException("type number " + number);
    }
  }

  /** Whole seconds of a date or time since 1970-01-01T00:00Z, rounded down. */
  static long unixSeconds(Object value) {
    if (value instanceof Instant instant) {
      return instant.getEpochSecond();
    }
    if (value instanceof LocalDateTime time) {
      return time.toEpochSecond(ZoneOffset.UTC);
    }
    return ((LocalDate) value).toEpochDay() * 86_400L;
  }

  /** {@code google.protobuf.Timestamp}: {@code 08 varint seconds}, {@code 10 varint nanos}. */
  static byte[] timestamp(long epochMillis) {
    ProtoOut out = new ProtoOut();
    long seconds = Math.floorDiv(epochMillis, 1000L);
    int nanos = Math.floorMod(epochMillis, 1000) * 1_000_000;
    if (seconds != 0) {
      out.tag(1, VARINT);
      out.varint(seconds);
    }
    if (nanos != 0) {
      out.tag(2, VARINT);
      out.varint(nanos);
    }
    return out.toByteArray();
  }

  static Instant decodeTimestamp(byte[] bytes) {
    ProtoIn in = new ProtoIn(bytes);
    long seconds = 0;
    long nanos = 0;
    while (in.hasMore()) {
      int tag = (int) in.varint();
      if (tag >>> 3 == 1) {
        seconds = in.varint();
      } else {
        nanos = in.varint();
      }
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /**
   * The value of some bytes, in the Java class of the type it is known to have; null for no bytes.
   *
   * @throws IllegalArgumentException if the bytes are not a value that {@link #encode} writes
   */
  static Object decode(LogicalType type, byte[] bytes) {
    if (bytes.length == 0) {
      return null;
    }
    try {
      ProtoIn in = new ProtoIn(bytes);
      int number = (int) in.varint() >>> 3;
      if (number <= LISTS) {
        return as(type, scalar(in, number));
      }
      ProtoIn list = new ProtoIn(in.bytes());
      LogicalType elementType = type instanceof ArrayType array ? array.getElementType() : type;
      List<Object> values = new ArrayList<>();
      int element = number - LISTS;
      while (list.hasMore()) {
        list.varint();
        if (wireType(element) == LENGTH_DELIMITED) {
          values.add(as(elementType, scalar(list, element)));
        } else {
          ProtoIn packed = new ProtoIn(list.bytes());
          while (packed.hasMore()) {
            values.add(as(elementType, scalar(packed, element)));
          }
        }
      }
      return Collections.unmodifiableList(values);
    } catch (RuntimeException malformed) {
      throw new IllegalArgumentException(
          "not a feast.types.Value: %d bytes, beginning with 0x%02x"
              .formatted(bytes.length, bytes[0]),
          malformed);
    }
  }

  private static Object scalar(ProtoIn in, int number) {
    return switch (number) {
      case BYTES -> in.bytes();
      case STRING -> new String(in.bytes(), StandardCharsets.UTF_8);
      case INT32 -> (int) in.varint();
      case INT64 -> in.varint();
      case DOUBLE -> in.buffer.getDouble();
      case FLOAT -> in.buffer.getFloat();
      case BOOL -> in.varint() != 0;
      case UNIX_TIMESTAMP -> Instant.ofEpochSecond(in.varint());
      default -> throw new IllegalArgumentException("type number " + number);
    };
  }

  private static Object as(LogicalType type, Object value) {
    return switch (type.getTypeRoot()) {
      case TINYINT -> ((Number) value).byteValue();
      case SMALLINT -> ((Number) value).shortValue();
      case DECIMAL -> BigDecimal.valueOf((double) value);
      case TIME_WITHOUT_TIME_ZONE -> LocalTime.parse((String) value);
      case DATE -> LocalDate.ofInstant((Instant) value, ZoneOffset.UTC);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC);
      default -> value;
    };
  }

  /** The few protobuf primitives that are needed here. */
  private static final class ProtoOut extends ByteArrayOutputStream {
    ProtoOut() {
      super(16);
    }

    void tag(int field, int wireType) {
      varint((long) field << 3 | wireType);
    }

    void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      write((int) rest);
    }

    void fixed64(long value) {
      for (int shift = 0; shift < 64; shift += 8) {
        write((int) (value >>> shift));
      }
    }

    void fixed32(int value) {
      for (int shift = 0; shift < 32; shift += 8) {
        write(value >>> shift);
      }
    }

    void bytes(byte[] value) {
      varint(value.length);
      writeBytes(value);
    }
  }

  private static final class ProtoIn {
    private final ByteBuffer buffer;

    ProtoIn(byte[] bytes) {
      buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean hasMore() {
      return buffer.hasRemaining();
    }

    long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = buffer.get();
        value |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    byte[] bytes() {
      byte[] value = new byte[Math.toIntExact(varint())];
      buffer.get(value);
      return value;
    }
  }
}
