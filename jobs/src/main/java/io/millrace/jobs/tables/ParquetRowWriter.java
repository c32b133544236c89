package io.millrace.jobs.tables;

import java.io.Closeable;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Writes rows to a Parquet file, packed with Snappy. The same rows, columns and notes give the same
 * bytes. Times are written in microseconds at most (nanoseconds where the type has them), arrays as
 * three-level lists.
 */
public final class ParquetRowWriter implements Closeable {
  private static final int DECIMAL_BYTES = 16;

  private final ParquetWriter<RowData> writer;

  /**
   * @param notes go to the file's metadata
   * @throws IllegalArgumentException for a column that is neither flat nor an array of such
   */
  public ParquetRowWriter(OutputFile file, RowType columns, Map<String, String> notes)
      throws IOException {
    Builder builder =
        new Builder(file, columns, notes)
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .withCompressionCodec(CompressionCodecName.SNAPPY);
    for (RowType.RowField column : columns.getFields()) {
      if (column.getType().is(LogicalTypeFamily.APPROXIMATE_NUMERIC)) {
        // Hardly any value comes twice: looking for that takes longer than writing it.
        builder.withDictionaryEncoding(column.getName(), false);
      }
    }
    writer = builder.build();
  }

  public void write(RowData row) throws IOException {
    writer.write(row);
  }

  /** Ends the file; without, it is none. */
  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<RowData, Builder> {
    private final RowType columns;
    private final Map<String, String> notes;

    Builder(OutputFile file, RowType columns, Map<String, String> notes) {
      super(file);
      this.columns = columns;
      this.notes = notes;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @Deprecated // asked for by Parquet's older callers only
    protected WriteSupport<RowData> getWriteSupport(Configuration unused) {
      return new Rows(columns, notes);
    }

    @Override
    protected WriteSupport<RowData> getWriteSupport(ParquetConfiguration unused) {
      return new Rows(columns, notes);
    }
  }

  private interface Cell {
    void write(RecordConsumer out, Object value);
  }

  private static final class Rows extends WriteSupport<RowData> {
    private final List<Type> types = new ArrayList<>();
    private final List<Cell> cells = new ArrayList<>();
    private final RowData.FieldGetter[] getters;
    private final String[] names;
    private final Map<String, String> notes;
    private RecordConsumer out;

    Rows(RowType columns, Map<String, String> notes) {
      this.notes = new TreeMap<>(notes);
      names = columns.getFieldNames().toArray(new String[0]);
      getters = new RowData.FieldGetter[names.length];
      for (int i = 0; i < names.length; i++) {
        LogicalType type = columns.getTypeAt(i);
        getters[i] = RowData.createFieldGetter(type.copy(true), i);
        types.add(parquet(names[i], type));
        cells.add(cell(type));
      }
    }

    @Override
    @Deprecated // asked for by Parquet's older callers only
    public WriteContext init(Configuration unused) {
      return context();
    }

    @Override
    public WriteContext init(ParquetConfiguration unused) {
      return context();
    }

    private WriteContext context() {
      return new WriteContext(new MessageType("rows", types), notes);
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(RowData row) {
      out.startMessage();
      for (int i = 0; i < getters.length; i++) {
        Object value = getters[i].getFieldOrNull(row);
        if (value != null) {
          out.startField(names[i], i);
          cells.get(i).write(out, value);
          out.endField(names[i], i);
        }
      }
      out.endMessage();
    }
  }

  private static Type parquet(String name, LogicalType type) {
    if (type instanceof ArrayType array) {
      return Types.optionalList().element(parquet("element", array.getElementType())).named(name);
    }
    int precision =
        type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)
                || type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)
            ? LogicalTypeChecks.getPrecision(type)
            : 0;
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
      case TINYINT -> integer(8).named(name);
      case SMALLINT -> integer(16).named(name);
      case INTEGER -> integer(32).named(name);
      case BIGINT ->
          Types.optional(PrimitiveTypeName.INT64)
              .as(LogicalTypeAnnotation.intType(64, true))
              .named(name);
      case FLOAT -> Types.optional(PrimitiveTypeName.FLOAT).named(name);
      case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
      case DATE ->
          Types.optional(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.dateType()).named(name);
      case TIME_WITHOUT_TIME_ZONE ->
          Types.optional(PrimitiveTypeName.INT32)
              .as(LogicalTypeAnnotation.timeType(false, TimeUnit.MILLIS))
              .named(name);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp(name, false, precision);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> timestamp(name, true, precision);
      case CHAR, VARCHAR ->
          Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(name);
      case BINARY, VARBINARY -> Types.optional(PrimitiveTypeName.BINARY).named(name);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield Types.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
            .length(DECIMAL_BYTES)
            .as(LogicalTypeAnnotation.decimalType(decimal.getScale(), decimal.getPrecision()))
            .named(name);
      }
      default ->
          throw new IllegalArgumentException(
              "column %s is %s, which a training set does not hold"
                  .formatted(name, type.asSummaryString()));
    };
  }

  private static Types.PrimitiveBuilder<org.apache.parquet.schema.PrimitiveType> integer(int bits) {
    return Types.optional(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.intType(bits, true));
  }

  private static TimeUnit unit(int precision) {
    return precision <= 3 ? TimeUnit.MILLIS : precision <= 6 ? TimeUnit.MICROS : TimeUnit.NANOS;
  }

  private static Type timestamp(String name, boolean instant, int precision) {
    return Types.optional(PrimitiveTypeName.INT64)
        .as(LogicalTypeAnnotation.timestampType(instant, unit(precision)))
        .named(name);
  }

  private static Cell cell(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> (out, value) -> out.addBoolean((Boolean) value);
      case TINYINT, SMALLINT, INTEGER, DATE, TIME_WITHOUT_TIME_ZONE ->
          (out, value) -> out.addInteger(((Number) value).intValue());
      case BIGINT -> (out, value) -> out.addLong((Long) value);
      case FLOAT -> (out, value) -> out.addFloat((Float) value);
      case DOUBLE -> (out, value) -> out.addDouble((Double) value);
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
        TimeUnit unit = unit(LogicalTypeChecks.getPrecision(type));
        yield (out, value) -> out.addLong(units((TimestampData) value, unit));
      }
      case CHAR, VARCHAR ->
          (out, value) ->
              out.addBinary(Binary.fromConstantByteArray(((StringData) value).toBytes()));
      case BINARY, VARBINARY ->
          (out, value) -> out.addBinary(Binary.fromConstantByteArray((byte[]) value));
      case DECIMAL ->
          (out, value) ->
              out.addBinary(
                  Binary.fromConstantByteArray(
                      sixteen(
                          ((org.apache.flink.table.data.DecimalData) value)
                              .toBigDecimal()
                              .unscaledValue())));
      case ARRAY -> list(((ArrayType) type).getElementType());
      default -> throw new IllegalArgumentException(type.asSummaryString());
    };
  }

  private static Cell list(LogicalType elementType) {
    Cell cell = cell(elementType);
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType.copy(true));
    return (out, value) -> {
      ArrayData array = (ArrayData) value;
      out.startGroup();
      if (array.size() > 0) {
        out.startField("list", 0);
        for (int i = 0; i < array.size(); i++) {
          Object element = getter.getElementOrNull(array, i);
          out.startGroup();
          if (element != null) {
            out.startField("element", 0);
            cell.write(out, element);
            out.endField("element", 0);
          }
          out.endGroup();
        }
        out.endField("list", 0);
      }
      out.endGroup();
    };
  }

  private static long units(TimestampData time, TimeUnit unit) {
    long millis = time.getMillisecond();
    int nanos = time.getNanoOfMillisecond();
    return switch (unit) {
      case MILLIS -> millis;
      case MICROS -> Math.addExact(Math.multiplyExact(millis, 1_000L), nanos / 1_000);
      case NANOS -> Math.addExact(Math.multiplyExact(millis, 1_000_000L), nanos);
    };
  }

  private static byte[] sixteen(BigInteger unscaled) {
    byte[] significant = unscaled.toByteArray();
    byte[] bytes = new byte[DECIMAL_BYTES];
    Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(significant, 0, bytes, DECIMAL_BYTES - significant.length, significant.length);
    return bytes;
  }
}
