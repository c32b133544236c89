package io.millrace.jobs.tables;

import io.millrace.drift.statistics.ColumnKind;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A Parquet file on this machine. Numbers, decimals, dates (days) and times (in the unit of the
 * file) are compared as numbers; texts and booleans as categories. Nested columns, and binary ones
 * that are no text, are passed over.
 */
final class ParquetTable implements TableReader {
  private record Column(
      String name, ColumnDescriptor descriptor, Function<ColumnReader, Object> read) {}

  private final ParquetFileReader file;
  private final MessageType schema;
  private final List<Column> columns = new ArrayList<>();
  private final Map<String, ColumnKind> kinds = new LinkedHashMap<>();
  private final List<ColumnReader> readers = new ArrayList<>();
  private long left;

  private ParquetTable(ParquetFileReader file, Map<String, ColumnKind> wanted) {
    this.file = file;
    this.schema = file.getFooter().getFileMetaData().getSchema();
    for (ColumnDescriptor descriptor : schema.getColumns()) {
      PrimitiveType type = descriptor.getPrimitiveType();
      String name = descriptor.getPath()[0];
      boolean flat = descriptor.getPath().length == 1 && descriptor.getMaxRepetitionLevel() == 0;
      Function<ColumnReader, Object> number = flat ? number(type) : null;
      Function<ColumnReader, Object> text = flat ? text(type) : null;
      boolean asName = number == null || wanted.get(name) == ColumnKind.CATEGORY;
      Function<ColumnReader, Object> read = asName ? text : number;
      if (read != null) {
        columns.add(new Column(name, descriptor, read));
        kinds.put(name, asName ? ColumnKind.CATEGORY : ColumnKind.NUMBER);
      }
    }
  }

  static ParquetTable open(Path path, Map<String, ColumnKind> wanted) throws IOException {
    return new ParquetTable(openFile(path), wanted);
  }

  /** A file that is unpacked without Hadoop's codecs. */
  static ParquetFileReader openFile(Path path) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .build();
    return ParquetFileReader.open(new LocalInputFile(path), options);
  }

  private static Function<ColumnReader, Object> number(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    double scale =
        meaning instanceof LogicalTypeAnnotation.DecimalLogicalTypeAnnotation decimal
            ? Math.pow(10, decimal.getScale())
            : 1;
    return switch (type.getPrimitiveTypeName()) {
      case DOUBLE -> ColumnReader::getDouble;
      case FLOAT -> reader -> (double) reader.getFloat();
      case INT32 ->
          isUnsigned(meaning)
              ? reader -> (double) Integer.toUnsignedLong(reader.getInteger())
              : reader -> reader.getInteger() / scale;
      case INT64 -> reader -> reader.getLong() / scale;
      // Nanoseconds of the day, then the Julian day: what old Spark and Impala write for times.
      case INT96 ->
          reader -> {
            var bytes =
                reader.getBinary().toByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).slice();
            bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN);
            long nanos = bytes.getLong();
            return (bytes.getInt() - 2_440_588L) * 86_400_000.0 + nanos / 1e6;
          };
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          meaning instanceof LogicalTypeAnnotation.DecimalLogicalTypeAnnotation decimal
              ? reader ->
                  new BigDecimal(new BigInteger(reader.getBinary().getBytes()), decimal.getScale())
                      .doubleValue()
              : null;
      case BOOLEAN -> null;
    };
  }

  private static boolean isUnsigned(LogicalTypeAnnotation meaning) {
    return meaning instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation integer
        && !integer.isSigned();
  }

  private static Function<ColumnReader, Object> text(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> reader -> String.valueOf(reader.getBoolean());
      case INT32 -> reader -> String.valueOf(reader.getInteger());
      case INT64 -> reader -> String.valueOf(reader.getLong());
      case BINARY ->
          meaning instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                  || meaning instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
              ? reader -> reader.getBinary().toStringUsingUTF8()
              : null;
      default -> null;
    };
  }

  @Override
  public Map<String, ColumnKind> kinds() {
    return kinds;
  }

  @Override
  public boolean next(Sink sink) throws IOException {
    while (left == 0) {
      PageReadStore group = file.readNextRowGroup();
      if (group == null) {
        return false;
      }
      open(group);
    }
    left--;
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      ColumnReader reader = readers.get(i);
      boolean present =
          reader.getCurrentDefinitionLevel() == column.descriptor.getMaxDefinitionLevel();
      sink.accept(column.name, present ? column.read.apply(reader) : null);
      reader.consume();
    }
    return true;
  }

  private void open(PageReadStore group) {
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            group, new Unconverted(), schema, file.getFooter().getFileMetaData().getCreatedBy());
    readers.clear();
    columns.forEach(column -> readers.add(store.getColumnReader(column.descriptor)));
    left = group.getRowCount();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Values are taken from the column readers, not converted to records. */
  static final class Unconverted extends GroupConverter {
    @Override
    public Converter getConverter(int field) {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
