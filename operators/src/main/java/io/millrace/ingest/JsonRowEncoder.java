package io.millrace.ingest;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.pipeline.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Writes rows as {@link JsonRowDecoder} reads them: decoding what was encoded gives the row again.
 * Null fields are written as {@code null}; what a row carries in {@code _evolved}, under its names.
 */
public final class JsonRowEncoder implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final JsonFactory FACTORY = new JsonFactory();

  private final RowWriter row;

  /**
   * @throws IllegalArgumentException if JSON has no form for one of the types
   */
  public JsonRowEncoder(RowType type) {
    row = new RowWriter(type);
  }

  /** One JSON object in UTF-8. */
  public byte[] encode(RowData data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = FACTORY.createGenerator(out, JsonEncoding.UTF8)) {
      row.write(data, json);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /** Writes one non-null value in Flink's internal form. */
  private interface Writer extends Serializable {
    void write(Object value, JsonGenerator json) throws IOException;
  }

  private static Writer writer(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> (value, json) -> json.writeBoolean((Boolean) value);
      case TINYINT, SMALLINT, INTEGER, BIGINT ->
          (value, json) -> json.writeNumber(((Number) value).longValue());
      case FLOAT -> (value, json) -> json.writeNumber((Float) value);
      case DOUBLE -> (value, json) -> json.writeNumber((Double) value);
      case DECIMAL -> (value, json) -> json.writeNumber(((DecimalData) value).toBigDecimal());
      case CHAR, VARCHAR -> (value, json) -> json.writeString(((StringData) value).toString());
      case BINARY, VARBINARY -> (value, json) -> json.writeBinary((byte[]) value);
      case DATE -> (value, json) -> json.writeString(LocalDate.ofEpochDay((Integer) value) + "");
      case TIME_WITHOUT_TIME_ZONE ->
          (value, json) ->
              json.writeString(LocalTime.ofNanoOfDay((Integer) value * 1_000_000L).toString());
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          (value, json) -> json.writeString(((TimestampData) value).toLocalDateTime().toString());
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          (value, json) -> json.writeString(((TimestampData) value).toInstant().toString());
      case ARRAY -> new ArrayWriter((ArrayType) type);
      case ROW -> {
        RowWriter nested = new RowWriter((RowType) type);
        yield (value, json) -> nested.write((RowData) value, json);
      }
      default ->
          throw new IllegalArgumentException(
              "type " + type.asSummaryString() + " has no JSON form here");
    };
  }

  private static final class RowWriter implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int NONE = -1;

    private final String[] names;
    private final RowData.FieldGetter[] getters;
    private final Writer[] writers;
    private final int evolved;

    RowWriter(RowType type) {
      List<LogicalType> types = type.getChildren();
      names = type.getFieldNames().toArray(new String[0]);
      getters = new RowData.FieldGetter[names.length];
      writers = new Writer[names.length];
      boolean carries = type.getFieldIndex(Source.EVOLVED_COLUMN) == names.length - 1;
      evolved = carries && types.get(names.length - 1) instanceof MapType ? names.length - 1 : NONE;
      for (int i = 0; i < names.length; i++) {
        if (i == evolved) {
          continue;
        }
        getters[i] = RowData.createFieldGetter(types.get(i), i);
        writers[i] = writer(types.get(i));
      }
    }

    void write(RowData row, JsonGenerator json) throws IOException {
      json.writeStartObject();
      for (int i = 0; i < names.length; i++) {
        if (i == evolved) {
          writeEvolved(row, i, json);
          continue;
        }
        json.writeFieldName(names[i]);
        writeNullable(getters[i].getFieldOrNull(row), writers[i], json);
      }
      json.writeEndObject();
    }
  }

  /** What the row carries beside the contract goes back to where it came from. */
  private static void writeEvolved(RowData row, int position, JsonGenerator json)
      throws IOException {
    if (row.isNullAt(position)) {
      return;
    }
    MapData evolved = row.getMap(position);
    ArrayData names = evolved.keyArray();
    ArrayData values = evolved.valueArray();
    for (int i = 0; i < evolved.size(); i++) {
      json.writeFieldName(names.getString(i).toString());
      json.writeRawValue(values.getString(i).toString());
    }
  }

  private static final class ArrayWriter implements Writer {
    private static final long serialVersionUID = 1L;

    private final ArrayData.ElementGetter getter;
    private final Writer element;

    ArrayWriter(ArrayType type) {
      getter = ArrayData.createElementGetter(type.getElementType());
      element = writer(type.getElementType());
    }

    @Override
    public void write(Object value, JsonGenerator json) throws IOException {
      ArrayData array = (ArrayData) value;
      json.writeStartArray();
      for (int i = 0; i < array.size(); i++) {
        writeNullable(getter.getElementOrNull(array, i), element, json);
      }
      json.writeEndArray();
    }
  }

  private static void writeNullable(Object value, Writer writer, JsonGenerator json)
      throws IOException {
    if (value == null) {
      json.writeNull();
    } else {
      writer.write(value, json);
    }
  }
}
