package io.millrace.ingest;

import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A place in a contract where values stand.
 *
 * @param path dotted, with {@code []} behind the names of arrays
 * @param type by the contract, or by a newer version that widened it
 * @param slot type of the value in the row
 * @param arrays that enclose the place, outermost first
 */
record JsonSite(String path, LogicalType type, LogicalType slot, List<JsonArray> arrays) {

  JsonSite {
    arrays = List.copyOf(arrays);
  }

  /** Inside of an array a value has no name of its own. */
  boolean isInArray() {
    return !arrays.isEmpty();
  }

  /** The path of the value that is being read, with the indexes of the arrays around it. */
  String currentPath() {
    return currentPath(path, arrays);
  }

  static String currentPath(String path, List<JsonArray> arrays) {
    if (arrays.isEmpty()) {
      return path;
    }
    StringBuilder current = new StringBuilder();
    int from = 0;
    for (JsonArray array : arrays) {
      int brackets = path.indexOf("[]", from);
      current.append(path, from, brackets + 1).append(array.index()).append(']');
      from = brackets + 2;
    }
    return current.append(path, from, path.length()).toString();
  }
}
