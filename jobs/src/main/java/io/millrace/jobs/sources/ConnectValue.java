package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;

import io.debezium.data.VariableScaleDecimal;
import io.debezium.time.Date;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Time;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.Exactly;
import io.millrace.ingest.IsoTimes;
import io.millrace.ingest.JsonRowDecoder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Reads one column into one type of the contract, exactly: wider is fine (int into BIGINT, real
 * into DOUBLE), a value that does not fit is a problem.
 *
 * <p>Postgres' types arrive in Debezium's forms: numeric as a numeral or a decimal, timestamp as
 * milli- or microseconds, timestamptz as ISO-8601 in UTC, uuid, json, enum and interval as strings,
 * bytea as bytes. A nested object of the contract may be a json column.
 */
final class ConnectValue {

  private static final long MICROS_PER_MILLI = 1_000;

  /** As of times; Postgres keeps dates of 4713 BC and after 9999, and infinite ones. */
  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();

  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  private final LogicalType type;
  private final LogicalTypeRoot root;
  private final int precision;
  private final ConnectValue element;
  private final JsonRowDecoder nested;

  ConnectValue(String field, LogicalType type) {
    this.type = type;
    this.root = type.getTypeRoot();
    this.precision =
        switch (root) {
          case TIME_WITHOUT_TIME_ZONE,
              TIMESTAMP_WITHOUT_TIME_ZONE,
              TIMESTAMP_WITH_LOCAL_TIME_ZONE,
              DECIMAL ->
              LogicalTypeChecks.getPrecision(type);
          case CHAR, VARCHAR, BINARY, VARBINARY -> LogicalTypeChecks.getLength(type);
          case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, FLOAT, DOUBLE, DATE, ARRAY, ROW -> 0;
          default ->
              throw new IllegalArgumentException(
                  "field '"
                      + field
                      + "': no column has type "
                      + type.asSummaryString()
                      + "; use a scalar, an array, or an object for a json column");
        };
    this.element =
        type instanceof ArrayType array ? new ConnectValue(field, array.getElementType()) : null;
    this.nested = type instanceof RowType row ? new JsonRowDecoder(row) : null;
  }

  /**
   * @param value not null
   * @throws DecodingException if the value does not fit
   */
  Object convert(Object value, Schema schema) {
    return switch (root) {
      case BOOLEAN -> value instanceof Boolean ? value : refuse(value, schema);
      case TINYINT -> (byte) whole(value, schema, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case SMALLINT -> (short) whole(value, schema, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> (int) whole(value, schema, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> whole(value, schema, Long.MIN_VALUE, Long.MAX_VALUE);
      case FLOAT -> value instanceof Float ? value : refuse(value, schema);
      case DOUBLE -> real(value, schema);
      case DECIMAL -> Exactly.decimal(decimal(value, schema), precision, scale());
      case CHAR, VARCHAR ->
          value instanceof String text ? Exactly.text(text, precision) : refuse(value, schema);
      case BINARY, VARBINARY -> Exactly.bytes(bytes(value, schema), precision);
      case DATE -> date(value, schema);
      case TIME_WITHOUT_TIME_ZONE -> (int) (timeMicros(value, schema) / MICROS_PER_MILLI);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp(value, schema);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          isNamed(schema, ZonedTimestamp.SCHEMA_NAME)
              ? IsoTimes.instant((String) value, precision)
              : refuse(value, schema);
      case ARRAY -> array(value, schema);
      case ROW -> object(value, schema);
      default -> throw new IllegalStateException("refused at construction: " + type);
    };
  }

  private long whole(Object value, Schema schema, long lowest, long highest) {
    if (isNumeric(value, schema)) {
      return wholeOf(decimal(value, schema), lowest, highest);
    }
    boolean integer =
        value instanceof Integer
            || value instanceof Long
            || value instanceof Short
            || value instanceof Byte;
    // Dates and times are integers too, but with a name.
    if (!integer || schema.name() != null) {
      throw wrongType(value, schema);
    }
    return Exactly.within(((Number) value).longValue(), lowest, highest, root.name());
  }

  private long wholeOf(BigDecimal decimal, long lowest, long highest) {
    BigDecimal shortest = decimal.stripTrailingZeros();
    if (shortest.scale() > 0) {
      throw new DecodingException(
          PRECISION_LOSS, decimal + " is not whole; the contract says " + root.name());
    }
    if ((long) shortest.precision() - shortest.scale() > 19) {
      throw Exactly.outOfRange(decimal.toString(), root.name());
    }
    BigInteger integer = shortest.toBigIntegerExact();
    if (integer.bitLength() > 63) {
      throw Exactly.outOfRange(decimal.toString(), root.name());
    }
    return Exactly.within(integer.longValue(), lowest, highest, root.name());
  }

  private Object real(Object value, Schema schema) {
    if (value instanceof Double) {
      return value;
    }
    Object number = isNumeric(value, schema) ? decimal(value, schema) : value;
    if (number instanceof BigDecimal || (number instanceof Number && schema.name() == null)) {
      double real = ((Number) number).doubleValue();
      if (Double.isInfinite(real) && !(number instanceof Float)) {
        throw Exactly.outOfRange(value.toString(), root.name());
      }
      return real;
    }
    return refuse(value, schema);
  }

  private static boolean isNumeric(Object value, Schema schema) {
    return value instanceof BigDecimal
        || value instanceof Struct
        || (value instanceof String && schema.name() == null);
  }

  private BigDecimal decimal(Object value, Schema schema) {
    if (value instanceof String numeral && schema.name() == null) {
      return Exactly.numeral(numeral);
    }
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    if (value instanceof Struct struct && isNamed(schema, VariableScaleDecimal.LOGICAL_NAME)) {
      return new BigDecimal(new BigInteger(struct.getBytes("value")), struct.getInt32("scale"));
    }
    boolean integer = value instanceof Integer || value instanceof Long || value instanceof Short;
    if (integer && schema.name() == null) {
      return BigDecimal.valueOf(((Number) value).longValue());
    }
    throw wrongType(value, schema);
  }

  private int scale() {
    return ((DecimalType) type).getScale();
  }

  private static byte[] bytes(Object value, Schema schema) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    throw new DecodingException(
        WRONG_TYPE, "a column of " + form(schema) + " where BYTES are expected");
  }

  private long timeMicros(Object value, Schema schema) {
    long micros;
    if (isNamed(schema, MicroTime.SCHEMA_NAME)) {
      micros = (Long) value;
    } else if (isNamed(schema, Time.SCHEMA_NAME)) {
      micros = (Integer) value * MICROS_PER_MILLI;
    } else {
      throw wrongType(value, schema);
    }
    requireDigits(micros, Math.min(precision, 3));
    return micros;
  }

  private Object date(Object value, Schema schema) {
    if (!isNamed(schema, Date.SCHEMA_NAME)) {
      return refuse(value, schema);
    }
    int day = (Integer) value;
    if (day < FIRST_DAY || day > LAST_DAY) {
      throw new DecodingException(
          OUT_OF_RANGE, "infinite, or no date between the years 0001 and 9999");
    }
    return value;
  }

  private TimestampData timestamp(Object value, Schema schema) {
    long micros;
    if (isNamed(schema, MicroTimestamp.SCHEMA_NAME)) {
      micros = (Long) value;
    } else if (isNamed(schema, Timestamp.SCHEMA_NAME)) {
      return millis((Long) value);
    } else {
      throw wrongType(value, schema);
    }
    requireDigits(micros, precision);
    TimestampData millis = millis(Math.floorDiv(micros, MICROS_PER_MILLI));
    return TimestampData.fromEpochMillis(
        millis.getMillisecond(), (int) Math.floorMod(micros, MICROS_PER_MILLI) * 1_000);
  }

  private TimestampData millis(long epochMillis) {
    TimestampData timestamp = IsoTimes.ofEpochMillis(epochMillis);
    requireDigits(Math.floorMod(epochMillis, 1_000L) * MICROS_PER_MILLI, precision);
    return timestamp;
  }

  private static void requireDigits(long micros, int precision) {
    long unit = 1_000_000;
    for (int digit = 0; digit < Math.min(precision, 6); digit++) {
      unit /= 10;
    }
    if (Math.floorMod(micros, unit) != 0) {
      throw new DecodingException(
          PRECISION_LOSS,
          "the value has more than the "
              + precision
              + " fractional digits that the contract keeps; raise the contract's precision");
    }
  }

  private Object array(Object value, Schema schema) {
    if (!(value instanceof List<?> list)) {
      return refuse(value, schema);
    }
    Object[] elements = new Object[list.size()];
    for (int i = 0; i < elements.length; i++) {
      Object item = list.get(i);
      try {
        if (item != null) {
          elements[i] = element.convert(item, schema.valueSchema());
        } else if (!element.type.isNullable()) {
          throw new DecodingException(MISSING_FIELD, "null where an element is required");
        }
      } catch (DecodingException e) {
        throw e.atIndex(i);
      }
    }
    return new GenericArrayData(elements);
  }

  private Object object(Object value, Schema schema) {
    if (!(value instanceof String json)) {
      return refuse(value, schema);
    }
    Decoding decoding = nested.decode(json.getBytes(StandardCharsets.UTF_8));
    if (decoding instanceof Decoding.Row row) {
      return row.row();
    }
    Decoding.Problem problem = (Decoding.Problem) decoding;
    DecodingException e = new DecodingException(problem.reason(), problem.message());
    throw problem.field().isEmpty() ? e : e.inField(problem.field());
  }

  private Object refuse(Object value, Schema schema) {
    throw wrongType(value, schema);
  }

  private DecodingException wrongType(Object value, Schema schema) {
    return new DecodingException(
        WRONG_TYPE,
        DecodingException.shown(String.valueOf(value))
            + ", a column of "
            + form(schema)
            + ", where "
            + type.copy(true).asSummaryString()
            + " is expected");
  }

  /** {@code INT64} or, where it has one, the name, {@code MicroTimestamp}. */
  private static String form(Schema schema) {
    String name = schema.name();
    return name == null ? schema.type().name() : name.substring(name.lastIndexOf('.') + 1);
  }

  private static boolean isNamed(Schema schema, String name) {
    return name.equals(schema.name());
  }
}
