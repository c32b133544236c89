package io.millrace.features;

import java.io.Serializable;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The entity of a row: its first fields, as a binary row, whose equality and hash are those of its
 * bytes. Each call makes a new row, because state backends keep it.
 */
public final class EntityKeySelector implements KeySelector<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  private final FieldCopy[] fields;

  /**
   * @param entity types of the first fields of the rows, no arrays, maps or nested rows
   * @throws IllegalArgumentException when a field is of a type that cannot be a key
   */
  public EntityKeySelector(RowType entity) {
    fields = new FieldCopy[entity.getFieldCount()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = copyOf(entity.getFieldNames().get(i), entity.getTypeAt(i));
    }
  }

  /** Number of the entity's fields. */
  int fields() {
    return fields.length;
  }

  @Override
  public RowData getKey(RowData row) {
    BinaryRowData key = new BinaryRowData(fields.length);
    write(row, new BinaryRowWriter(key));
    return key;
  }

  /** Writes the entity of a row to an empty binary row. */
  void write(RowData row, BinaryRowWriter writer) {
    for (int i = 0; i < fields.length; i++) {
      if (row.isNullAt(i)) {
        writer.setNullAt(i);
      } else {
        fields[i].copy(row, i, writer);
      }
    }
    writer.complete();
  }

  /** Copies a field that is not null to the same place. */
  private interface FieldCopy extends Serializable {
    void copy(RowData row, int field, BinaryRowWriter writer);
  }

  private static FieldCopy copyOf(String name, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> (row, i, writer) -> writer.writeString(i, row.getString(i));
      case BOOLEAN -> (row, i, writer) -> writer.writeBoolean(i, row.getBoolean(i));
      case TINYINT -> (row, i, writer) -> writer.writeByte(i, row.getByte(i));
      case SMALLINT -> (row, i, writer) -> writer.writeShort(i, row.getShort(i));
      case INTEGER, DATE, TIME_WITHOUT_TIME_ZONE ->
          (row, i, writer) -> writer.writeInt(i, row.getInt(i));
      case BIGINT -> (row, i, writer) -> writer.writeLong(i, row.getLong(i));
      case FLOAT -> (row, i, writer) -> writer.writeFloat(i, row.getFloat(i));
      case DOUBLE -> (row, i, writer) -> writer.writeDouble(i, row.getDouble(i));
      case BINARY, VARBINARY -> (row, i, writer) -> writer.writeBinary(i, row.getBinary(i));
      case DECIMAL -> {
        int precision = LogicalTypeChecks.getPrecision(type);
        int scale = LogicalTypeChecks.getScale(type);
        yield (row, i, writer) ->
            writer.writeDecimal(i, row.getDecimal(i, precision, scale), precision);
      }
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
        int precision = LogicalTypeChecks.getPrecision(type);
        yield (row, i, writer) ->
            writer.writeTimestamp(i, row.getTimestamp(i, precision), precision);
      }
      default ->
          throw new IllegalArgumentException(
              "entity field %s is of type %s, which cannot name an entity: use a text, a number, a"
                      .formatted(name, type.asSummaryString())
                  + " boolean, a date or a timestamp");
    };
  }
}
