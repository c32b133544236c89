package io.millrace.quality;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The way to a field of a row: through nested rows and, where a name ends in {@code []}, through
 * every element of an array.
 */
final class FieldPath implements Serializable {
  private static final long serialVersionUID = 1L;

  private interface Step extends Serializable {}

  private record Into(RowData.FieldGetter getter) implements Step {}

  private record Each(ArrayData.ElementGetter getter) implements Step {}

  private final List<Step> steps = new ArrayList<>();
  private LogicalType type;

  /**
   * @param path dotted; {@code []} behind an array's name
   * @throws IllegalArgumentException if the row has no such field
   */
  FieldPath(RowType row, String path) {
    type = row;
    for (String part : path.split("\\.", -1)) {
      String name = part;
      int depth = 0;
      while (name.endsWith("[]")) {
        name = name.substring(0, name.length() - 2);
        depth++;
      }
      into(name, path);
      for (int i = 0; i < depth; i++) {
        type = ((ArrayType) type).getElementType();
        steps.add(new Each(ArrayData.createElementGetter(type)));
      }
    }
  }

  private void into(String name, String path) {
    int position = type instanceof RowType row ? row.getFieldIndex(name) : -1;
    if (position < 0) {
      throw new IllegalArgumentException("no field " + path + " in " + type.asSummaryString());
    }
    type = ((RowType) type).getTypeAt(position);
    steps.add(new Into(RowData.createFieldGetter(type, position)));
  }

  /** Type of the field at the end. */
  LogicalType type() {
    return type;
  }

  /**
   * Whether all values there satisfy a condition. Where something on the way is null, the value is
   * null; an empty array has no values.
   */
  boolean allMatch(RowData row, Predicate<Object> condition) {
    return allMatch(row, 0, condition);
  }

  private boolean allMatch(Object at, int next, Predicate<Object> condition) {
    if (next == steps.size() || at == null) {
      return condition.test(at);
    }
    if (steps.get(next) instanceof Into into) {
      return allMatch(into.getter().getFieldOrNull((RowData) at), next + 1, condition);
    }
    Each each = (Each) steps.get(next);
    ArrayData array = (ArrayData) at;
    for (int i = 0; i < array.size(); i++) {
      if (!allMatch(each.getter().getElementOrNull(array, i), next + 1, condition)) {
        return false;
      }
    }
    return true;
  }
}
