package io.millrace.features.kernel;

import io.millrace.sketch.DoubleOrder;
import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * How values of a SQL type are read from rows, held in cells, compared and written.
 *
 * <p>Types of up to 64 bits are held as longs whose signed order is the order of the values:
 *
 * <pre>
 *   BOOLEAN                       0, 1
 *   TINYINT .. BIGINT, DATE, TIME the value
 *   FLOAT, DOUBLE                 bits of the double, those below the sign flipped when negative;
 *                                 one NaN, above everything; -0.0 becomes 0.0
 *   DECIMAL up to 18 digits       the unscaled value
 *   TIMESTAMP[_LTZ] up to 3       milliseconds
 * </pre>
 *
 * The others are held as immutable objects: longer DECIMAL, finer TIMESTAMP, CHAR and VARCHAR (in
 * the order of their UTF-8 bytes), BINARY and VARBINARY (unsigned bytes).
 */
final class ValueType implements Serializable {
  private static final long serialVersionUID = 1L;

  private enum Form {
    BOOLEAN,
    BYTE,
    SHORT,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    SHORT_DECIMAL,
    MILLIS,
    LONG_DECIMAL,
    NANOS,
    STRING,
    BYTES
  }

  private final Form form;
  private final int precision;
  private final int scale;

  private ValueType(Form form, int precision, int scale) {
    this.form = form;
    this.precision = precision;
    this.scale = scale;
  }

  /** Whether values of the type can be held and compared. */
  static boolean supports(LogicalType type) {
    return formOf(type) != null;
  }

  static ValueType of(LogicalType type) {
    Form form = formOf(type);
    if (form == null) {
      throw new IllegalArgumentException("values of type " + type + " cannot be compared");
    }
    return switch (form) {
      case SHORT_DECIMAL, LONG_DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield new ValueType(form, decimal.getPrecision(), decimal.getScale());
      }
      case MILLIS, NANOS -> new ValueType(form, LogicalTypeChecks.getPrecision(type), 0);
      default -> new ValueType(form, 0, 0);
    };
  }

  private static Form formOf(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> Form.BOOLEAN;
      case TINYINT -> Form.BYTE;
      case SMALLINT -> Form.SHORT;
      case INTEGER, DATE, TIME_WITHOUT_TIME_ZONE -> Form.INT;
      case BIGINT -> Form.LONG;
      case FLOAT -> Form.FLOAT;
      case DOUBLE -> Form.DOUBLE;
      case DECIMAL ->
          DecimalData.isCompact(((DecimalType) type).getPrecision())
              ? Form.SHORT_DECIMAL
              : Form.LONG_DECIMAL;
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          TimestampData.isCompact(LogicalTypeChecks.getPrecision(type)) ? Form.MILLIS : Form.NANOS;
      case CHAR, VARCHAR -> Form.STRING;
      case BINARY, VARBINARY -> Form.BYTES;
      default -> null;
    };
  }

  /** Whether values are held as longs. */
  boolean isLong() {
    return form.compareTo(Form.MILLIS) <= 0;
  }

  /** Whether a long that holds a value is a double in order encoding. */
  boolean isFloating() {
    return form == Form.FLOAT || form == Form.DOUBLE;
  }

  boolean isDecimal() {
    return form == Form.SHORT_DECIMAL || form == Form.LONG_DECIMAL;
  }

  /** Whether some value of the type is held as {@link Long#MIN_VALUE} or its complement. */
  boolean usesAllLongs() {
    return form == Form.LONG || form == Form.MILLIS;
  }

  int scale() {
    return scale;
  }

  /** The value of a not-null field as a long that keeps its order. */
  long readLong(RowData row, int field) {
    return switch (form) {
      case INT -> row.getInt(field);
      case LONG -> row.getLong(field);
      case DOUBLE -> DoubleOrder.orderOf(row.getDouble(field));
      case FLOAT -> DoubleOrder.orderOf(row.getFloat(field));
      case BOOLEAN -> row.getBoolean(field) ? 1 : 0;
      case BYTE -> row.getByte(field);
      case SHORT -> row.getShort(field);
      case SHORT_DECIMAL -> row.getDecimal(field, precision, scale).toUnscaledLong();
      case MILLIS -> row.getTimestamp(field, precision).getMillisecond();
      default -> throw new IllegalStateException(form + " is not held as a long");
    };
  }

  /** The value of a not-null floating field. */
  double readFloating(RowData row, int field) {
    return form == Form.DOUBLE ? row.getDouble(field) : row.getFloat(field);
  }

  /** The value of a not-null numeric field, rounded to the nearest double. */
  double readNumber(RowData row, int field) {
    return switch (form) {
      case DOUBLE -> row.getDouble(field);
      case FLOAT -> row.getFloat(field);
      case SHORT_DECIMAL, LONG_DECIMAL ->
          row.getDecimal(field, precision, scale).toBigDecimal().doubleValue();
      default -> readLong(row, field);
    };
  }

  /** A held numeric value as the nearest double. */
  double numberOf(long held) {
    return switch (form) {
      case FLOAT, DOUBLE -> DoubleOrder.doubleOf(held);
      case SHORT_DECIMAL -> BigDecimal.valueOf(held, scale).doubleValue();
      default -> held;
    };
  }

  /** A held numeric value as the nearest double. */
  double numberOf(Object held) {
    return held instanceof DecimalData decimal
        ? decimal.toBigDecimal().doubleValue()
        : numberOf((long) (Long) held);
  }

  /** The unscaled value of a not-null decimal field. */
  BigInteger readUnscaled(RowData row, int field) {
    return row.getDecimal(field, precision, scale).toBigDecimal().unscaledValue();
  }

  /** The value of a not-null field as an object that does not change with the row. */
  Object readObject(RowData row, int field) {
    return switch (form) {
      // A binary row hands out a view of its own memory, which the runtime may use again.
      case STRING -> BinaryStringData.fromBytes(row.getString(field).toBytes());
      // Held like a text: it has the order, equality and hash that byte[] lacks.
      case BYTES -> BinaryStringData.fromBytes(row.getBinary(field).clone());
      case NANOS -> row.getTimestamp(field, precision);
      case LONG_DECIMAL -> row.getDecimal(field, precision, scale);
      default -> readLong(row, field);
    };
  }

  int compare(Object left, Object right) {
    return switch (form) {
      case STRING, BYTES -> compareBytes((BinaryStringData) left, (BinaryStringData) right);
      case NANOS -> ((TimestampData) left).compareTo((TimestampData) right);
      case LONG_DECIMAL -> ((DecimalData) left).compareTo((DecimalData) right);
      default -> Long.compare((Long) left, (Long) right);
    };
  }

  /**
   * Compares by unsigned bytes. {@link BinaryStringData#compareTo} does so too, unless both happen
   * to have been made from Java strings, whose order differs beyond the basic plane.
   */
  private static int compareBytes(BinaryStringData left, BinaryStringData right) {
    int order =
        left.getSegments()[0].compare(
            right.getSegments()[0],
            left.getOffset(),
            right.getOffset(),
            Math.min(left.getSizeInBytes(), right.getSizeInBytes()));
    return order != 0 ? order : Integer.compare(left.getSizeInBytes(), right.getSizeInBytes());
  }

  /** Writes a value held as a long to a column of this type. */
  void writeColumn(long held, BinaryRowWriter row, int column) {
    switch (form) {
      case BOOLEAN -> row.writeBoolean(column, held != 0);
      case BYTE -> row.writeByte(column, (byte) held);
      case SHORT -> row.writeShort(column, (short) held);
      case INT -> row.writeInt(column, (int) held);
      case LONG, MILLIS -> row.writeLong(column, held);
      case FLOAT -> row.writeFloat(column, (float) DoubleOrder.doubleOf(held));
      case DOUBLE -> row.writeDouble(column, DoubleOrder.doubleOf(held));
      case SHORT_DECIMAL ->
          row.writeDecimal(column, DecimalData.fromUnscaledLong(held, precision, scale), precision);
      default -> throw new IllegalStateException(form + " is not held as a long");
    }
  }

  /** Writes a value held as an object to a column of this type. */
  void writeColumn(Object held, BinaryRowWriter row, int column) {
    switch (form) {
      case STRING -> row.writeString(column, (StringData) held);
      case BYTES -> row.writeBinary(column, ((BinaryStringData) held).toBytes());
      case NANOS -> row.writeTimestamp(column, (TimestampData) held, precision);
      case LONG_DECIMAL -> row.writeDecimal(column, (DecimalData) held, precision);
      default -> writeColumn((long) (Long) held, row, column);
    }
  }

  /** Writes null to a column of this type. */
  void writeNull(BinaryRowWriter row, int column) {
    switch (form) {
      // These two keep room for a later value.
      case NANOS -> row.writeTimestamp(column, null, precision);
      case LONG_DECIMAL -> row.writeDecimal(column, null, precision);
      default -> row.setNullAt(column);
    }
  }

  /** The value as Flink's internal data structure, as it stands in arrays. */
  Object toInternal(Object held) {
    return switch (form) {
      case BOOLEAN -> (Long) held != 0;
      case BYTE -> ((Long) held).byteValue();
      case SHORT -> ((Long) held).shortValue();
      case INT -> ((Long) held).intValue();
      case FLOAT -> (float) DoubleOrder.doubleOf((Long) held);
      case DOUBLE -> DoubleOrder.doubleOf((Long) held);
      case SHORT_DECIMAL -> DecimalData.fromUnscaledLong((Long) held, precision, scale);
      case MILLIS -> TimestampData.fromEpochMillis((Long) held);
      case BYTES -> ((BinaryStringData) held).toBytes();
      default -> held;
    };
  }

  /**
   * Writes a held object: longs as variable-length numbers (doubles as eight bytes), the others as
   * length and bytes, timestamps as milliseconds and nanoseconds.
   */
  void writeHeld(Object held, DataOutputView out) throws IOException {
    switch (form) {
      case STRING, BYTES -> writeBytes(((BinaryStringData) held).toBytes(), out);
      case LONG_DECIMAL -> writeBytes(((DecimalData) held).toUnscaledBytes(), out);
      case NANOS -> {
        VarLong.writeSigned(((TimestampData) held).getMillisecond(), out);
        VarLong.write(((TimestampData) held).getNanoOfMillisecond(), out);
      }
      case FLOAT, DOUBLE -> out.writeLong((Long) held);
      default -> VarLong.writeSigned((Long) held, out);
    }
  }

  Object readHeld(DataInputView in) throws IOException {
    return switch (form) {
      case STRING, BYTES -> BinaryStringData.fromBytes(readBytes(in));
      case LONG_DECIMAL -> DecimalData.fromUnscaledBytes(readBytes(in), precision, scale);
      case NANOS -> TimestampData.fromEpochMillis(VarLong.readSigned(in), (int) VarLong.read(in));
      case FLOAT, DOUBLE -> in.readLong();
      default -> VarLong.readSigned(in);
    };
  }

  /** Hash of a value that is held as an object. */
  long hash(Object held) {
    return switch (form) {
      case STRING, BYTES -> Hash64.of(((BinaryStringData) held).toBytes());
      case LONG_DECIMAL -> Hash64.of(((DecimalData) held).toUnscaledBytes());
      case NANOS -> {
        TimestampData time = (TimestampData) held;
        yield Hash64.of(Hash64.of(time.getMillisecond()) + time.getNanoOfMillisecond());
      }
      default -> Hash64.of((Long) held);
    };
  }

  private static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
    VarLong.write(bytes.length, out);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputView in) throws IOException {
    byte[] bytes = new byte[(int) VarLong.read(in)];
    in.readFully(bytes);
    return bytes;
  }
}
