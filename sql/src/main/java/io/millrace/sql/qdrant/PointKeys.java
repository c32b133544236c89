package io.millrace.sql.qdrant;

import io.millrace.ingest.JsonRowEncoder;
import io.millrace.records.PointIds;
import io.millrace.sql.lookups.FurtherKeys;
import io.millrace.vectors.PointRows;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Points that lookups ask for: by their id, or by all columns of the primary key, from which the id
 * follows (of rows in chunks, it is the first chunk's). Further columns of a lookup have to equal
 * those of the point that is found. NOT thread-safe.
 */
final class PointKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final int idKey;
  private final JsonRowEncoder json;
  private final int[] keyColumns;
  private final FurtherKeys all;

  private PointKeys(
      QdrantTable table, List<String> keys, List<String> primary, int[] columns, RowType type) {
    source = table.source();
    idKey = keys.indexOf(PointRows.ID);
    json =
        idKey >= 0
            ? null
            : new JsonRowEncoder(
                new RowType(
                    false,
                    primary.stream()
                        .map(name -> type.getFields().get(type.getFieldIndex(name)))
                        .toList()));
    keyColumns = primary.stream().mapToInt(keys::indexOf).toArray();
    all = new FurtherKeys(type, keys, columns, List.of());
  }

  /**
   * @param keys names of the lookup's columns
   * @param columns their places in the rows that are found
   * @param type of these rows
   */
  static PointKeys of(QdrantTable table, List<String> keys, int[][] columns, RowType type) {
    boolean byKey = !table.key().isEmpty() && keys.containsAll(table.key());
    if (!keys.contains(PointRows.ID) && !byKey) {
      throw new ValidationException(
          "table %s: a lookup by %s; points are looked up by %s%s"
              .formatted(
                  table.name(),
                  String.join(", ", keys),
                  PointRows.ID,
                  table.key().isEmpty()
                      ? ", or by a primary key, which the table does not declare"
                      : ", or by all of the primary key: " + String.join(", ", table.key())));
    }
    int[] places = new int[columns.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = columns[i][0];
    }
    return new PointKeys(table, keys, byKey ? table.key() : List.of(), places, type);
  }

  /** The id of the point that is asked for; null when there can be none. */
  UUID id(RowData keys) {
    if (idKey >= 0) {
      try {
        return UUID.fromString(keys.getString(idKey).toString());
      } catch (IllegalArgumentException noUuid) {
        return null;
      }
    }
    ProjectedRowData key = ProjectedRowData.from(keyColumns);
    key.replaceRow(keys);
    return PointIds.of(source, new String(json.encode(key), StandardCharsets.UTF_8), 0);
  }

  /** Whether a point has all that was asked for. */
  boolean fits(RowData keys, RowData point) {
    return all.fit(keys, point);
  }
}
