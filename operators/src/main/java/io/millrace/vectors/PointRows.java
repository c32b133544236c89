package io.millrace.vectors;

import io.qdrant.client.VectorOutputHelper;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.VectorsOutput;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * Points as rows: a column is the payload field of its name, read as {@link PayloadRead} says,
 * except two: {@value #ID} is the point's id, and one column may be its vector. What Millrace adds
 * to payloads is read under its names, {@code _key}, {@code _text}, {@code _version} and so on.
 */
public final class PointRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The column of the id, a UUID or a number, as text. */
  public static final String ID = "_id";

  private final String[] names;
  private final int idColumn;
  private final int vectorColumn;
  private final boolean vectorInDouble;
  private final boolean wantsVectors;
  private final List<PayloadRead> fields = new ArrayList<>();

  /**
   * @param vector the column of the vector, an array of FLOAT or DOUBLE; empty for none
   */
  public PointRows(RowType type, String vector) {
    names = type.getFieldNames().toArray(String[]::new);
    idColumn = type.getFieldIndex(ID);
    vectorColumn = vector.isEmpty() ? -1 : type.getFieldIndex(vector);
    wantsVectors = vectorColumn >= 0;
    vectorInDouble =
        vectorColumn >= 0
            && ((ArrayType) type.getTypeAt(vectorColumn))
                .getElementType()
                .is(LogicalTypeRoot.DOUBLE);
    for (int i = 0; i < type.getFieldCount(); i++) {
      fields.add(i == idColumn || i == vectorColumn ? null : PayloadRead.of(type.getTypeAt(i)));
    }
  }

  /** The same rows, whose column of the vector is null. */
  public PointRows withoutVectors() {
    return new PointRows(this);
  }

  private PointRows(PointRows other) {
    names = other.names;
    idColumn = other.idColumn;
    vectorColumn = other.vectorColumn;
    vectorInDouble = other.vectorInDouble;
    fields.addAll(other.fields);
    wantsVectors = false;
  }

  /** Whether vectors have to be asked for. */
  boolean wantVectors() {
    return wantsVectors;
  }

  /** The payload fields to be asked for. */
  List<String> payload() {
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i) != null) {
        asked.add(names[i]);
      }
    }
    return asked;
  }

  /** The row, with room for further columns behind its own. */
  GenericRowData row(PointId id, Map<String, Value> payload, VectorsOutput vectors, int further) {
    GenericRowData row = new GenericRowData(fields.size() + further);
    for (int i = 0; i < fields.size(); i++) {
      PayloadRead field = fields.get(i);
      if (i == idColumn) {
        row.setField(i, StringData.fromString(text(id)));
      } else if (i == vectorColumn) {
        row.setField(i, vector(vectors));
      } else {
        Value value = payload.get(names[i]);
        row.setField(
            i,
            value != null
                ? field.read(value)
                : names[i].equals(PointFields.CHUNK) ? (Integer) 0 : null);
      }
    }
    return row;
  }

  static String text(PointId id) {
    return id.hasUuid() ? id.getUuid() : Long.toUnsignedString(id.getNum());
  }

  private GenericArrayData vector(VectorsOutput vectors) {
    if (!vectors.hasVector()) {
      return null;
    }
    // Servers up to 1.16 answer in an older form.
    DenseVector vector = VectorOutputHelper.getDenseVector(vectors.getVector());
    float[] numbers = new float[vector.getDataCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = vector.getData(i);
    }
    if (!vectorInDouble) {
      return new GenericArrayData(numbers);
    }
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = numbers[i];
    }
    return new GenericArrayData(doubles);
  }

  /** A vector of a row as Qdrant takes it; null for null, or when a number is null. */
  public static float[] vector(RowData row, int column, boolean inDouble) {
    if (row.isNullAt(column)) {
      return null;
    }
    var array = row.getArray(column);
    float[] vector = new float[array.size()];
    for (int i = 0; i < vector.length; i++) {
      if (array.isNullAt(i)) {
        return null;
      }
      vector[i] = inDouble ? (float) array.getDouble(i) : array.getFloat(i);
    }
    return vector;
  }
}
