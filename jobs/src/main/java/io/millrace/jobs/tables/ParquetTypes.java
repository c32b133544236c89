package io.millrace.jobs.tables;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Flat columns of Parquet as SQL's types, exactly: a time that is an instant is a TIMESTAMP_LTZ,
 * one without zone a TIMESTAMP.
 *
 * @param type nullable
 * @param read the value at a reader that is not at a null, as Flink keeps it in rows
 */
record ParquetTypes(LogicalType type, Function<ColumnReader, Object> read) {
  private static final long UNIX_EPOCH_AS_JULIAN_DAY = 2_440_588L;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final int MAX_PRECISION = 38;

  /** A column's type; empty when SQL has none that holds all its values. */
  static Optional<ParquetTypes> of(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return Optional.ofNullable(
        switch (type.getPrimitiveTypeName()) {
          case BOOLEAN -> new ParquetTypes(new BooleanType(), ColumnReader::getBoolean);
          case FLOAT -> new ParquetTypes(new FloatType(), ColumnReader::getFloat);
          case DOUBLE -> new ParquetTypes(new DoubleType(), ColumnReader::getDouble);
          case INT32 -> int32(meaning);
          case INT64 -> int64(meaning);
          case INT96 -> new ParquetTypes(new LocalZonedTimestampType(9), ParquetTypes::int96);
          case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(meaning);
        });
  }

  private static ParquetTypes int32(LogicalTypeAnnotation meaning) {
    if (meaning instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
      return new ParquetTypes(new DateType(), ColumnReader::getInteger);
    }
    if (meaning instanceof TimeLogicalTypeAnnotation) {
      return new ParquetTypes(new TimeType(3), ColumnReader::getInteger);
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal(decimal, reader -> BigInteger.valueOf(reader.getInteger()));
    }
    if (meaning instanceof IntLogicalTypeAnnotation integer) {
      if (!integer.isSigned() && integer.getBitWidth() == 32) {
        return new ParquetTypes(
            new BigIntType(), reader -> Integer.toUnsignedLong(reader.getInteger()));
      }
      if (integer.isSigned() && integer.getBitWidth() == 8) {
        return new ParquetTypes(new TinyIntType(), reader -> (byte) reader.getInteger());
      }
      if (integer.isSigned() && integer.getBitWidth() == 16) {
        return new ParquetTypes(new SmallIntType(), reader -> (short) reader.getInteger());
      }
    }
    return new ParquetTypes(new IntType(), ColumnReader::getInteger);
  }

  private static ParquetTypes int64(LogicalTypeAnnotation meaning) {
    if (meaning instanceof TimestampLogicalTypeAnnotation time) {
      int precision =
          time.getUnit() == TimeUnit.MILLIS ? 3 : time.getUnit() == TimeUnit.MICROS ? 6 : 9;
      LogicalType type =
          time.isAdjustedToUTC()
              ? new LocalZonedTimestampType(precision)
              : new TimestampType(precision);
      long perMilli = (long) Math.pow(10, precision - 3);
      long nanosPerUnit = 1_000_000 / perMilli;
      return new ParquetTypes(type, reader -> timestamp(reader.getLong(), perMilli, nanosPerUnit));
    }
    if (meaning instanceof TimeLogicalTypeAnnotation time) {
      // Flink keeps times of day in milliseconds: finer ones have no column.
      return null;
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal(decimal, reader -> BigInteger.valueOf(reader.getLong()));
    }
    if (meaning instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
      return new ParquetTypes(
          new DecimalType(20, 0),
          reader ->
              DecimalData.fromBigDecimal(
                  new BigDecimal(Long.toUnsignedString(reader.getLong())), 20, 0));
    }
    return new ParquetTypes(new BigIntType(), ColumnReader::getLong);
  }

  private static TimestampData timestamp(long units, long perMilli, long nanosPerUnit) {
    return TimestampData.fromEpochMillis(
        Math.floorDiv(units, perMilli), (int) (Math.floorMod(units, perMilli) * nanosPerUnit));
  }

  /** Nanoseconds of the day, then the Julian day: what old Spark and Impala write for times. */
  private static Object int96(ColumnReader reader) {
    var bytes = reader.getBinary().toByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    long millis = (bytes.getInt() - UNIX_EPOCH_AS_JULIAN_DAY) * DAY_MILLIS + nanos / 1_000_000;
    return TimestampData.fromEpochMillis(millis, (int) (nanos % 1_000_000));
  }

  private static ParquetTypes bytes(LogicalTypeAnnotation meaning) {
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal(decimal, reader -> new BigInteger(reader.getBinary().getBytes()));
    }
    if (meaning instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
        || meaning instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
        || meaning instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation) {
      return new ParquetTypes(
          VarCharType.STRING_TYPE, reader -> StringData.fromBytes(reader.getBinary().getBytes()));
    }
    return new ParquetTypes(
        new VarBinaryType(VarBinaryType.MAX_LENGTH), reader -> reader.getBinary().getBytes());
  }

  private static ParquetTypes decimal(
      DecimalLogicalTypeAnnotation decimal, Function<ColumnReader, BigInteger> unscaled) {
    int precision = decimal.getPrecision();
    int scale = decimal.getScale();
    return precision > MAX_PRECISION
        ? null
        : new ParquetTypes(
            new DecimalType(precision, scale),
            reader ->
                DecimalData.fromBigDecimal(
                    new BigDecimal(unscaled.apply(reader), scale), precision, scale));
  }
}
