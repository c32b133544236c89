package io.millrace.sql.qdrant;

import io.millrace.embedding.ContentHash;
import io.millrace.ingest.JsonRowEncoder;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.PointIds;
import io.millrace.vectors.PointRows;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.RowKind;

/**
 * Rows as points. The id follows from the table's source, the key and {@code _chunk}; the version
 * is the version column's, in microseconds, or the time of writing, greater with every row. A
 * delete that brings no version has the time of writing. NOT thread-safe.
 */
final class RowPoints implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Exactly a double, in which Qdrant compares. */
  private static final long MOST_VERSION = 1L << 53;

  private final String source;
  private final String model;
  private final int[] keyColumns;
  private final int[] payloadColumns;
  private final JsonRowEncoder keyJson;
  private final RowDataSerializer payload;
  private final int vector;
  private final boolean inDouble;
  private final int tenant;
  private final LogicalType tenantType;
  private final int version;
  private final LogicalType versionType;
  private final int text;
  private final int chunk;
  private final int[] computed;
  private long lastVersion;

  /** A row that is no point. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  RowPoints(QdrantTable table) {
    RowType type = table.type();
    source = table.source();
    model = table.model();
    keyColumns = columns(type, table.key());
    RowType payloadType = payload(table);
    payloadColumns = columns(type, payloadType.getFieldNames());
    payload = new RowDataSerializer(payloadType);
    keyJson =
        new JsonRowEncoder(
            new RowType(
                false,
                table.key().stream()
                    .map(name -> type.getFields().get(type.getFieldIndex(name)))
                    .toList()));
    vector = type.getFieldIndex(table.vector());
    inDouble = table.vectorInDouble();
    tenant = type.getFieldIndex(table.tenant());
    tenantType = tenant < 0 ? null : type.getTypeAt(tenant);
    version = type.getFieldIndex(table.version());
    versionType = version < 0 ? null : type.getTypeAt(version);
    text = type.getFieldIndex(QdrantTable.TEXT);
    chunk = type.getFieldIndex(QdrantTable.CHUNK);
    computed = QdrantTable.COMPUTED.stream().mapToInt(type::getFieldIndex).toArray();
  }

  private static int[] columns(RowType type, List<String> names) {
    return names.stream().mapToInt(type::getFieldIndex).toArray();
  }

  /** The columns that points carry as they are. */
  static RowType payload(QdrantTable table) {
    return new RowType(
        false,
        table.type().getFields().stream()
            .filter(
                field ->
                    !QdrantTable.COMPUTED.contains(field.getName())
                        && !List.of(
                                QdrantTable.TEXT,
                                QdrantTable.CHUNK,
                                QdrantTable.VERSION,
                                table.vector(),
                                table.tenant())
                            .contains(field.getName()))
            .toList());
  }

  /** The point of a row, or the end of it. */
  EmbeddedRow point(RowData row, Clock clock) throws Refusal {
    ProjectedRowData keyRow = ProjectedRowData.from(keyColumns);
    keyRow.replaceRow(row);
    String key = new String(keyJson.encode(keyRow), StandardCharsets.UTF_8);
    int piece = chunk < 0 || row.isNullAt(chunk) ? 0 : row.getInt(chunk);
    if (piece < 0) {
      throw new Refusal("key %s: _chunk is %d; pieces are numbered from 0".formatted(key, piece));
    }
    UUID id = PointIds.of(source, key, piece);
    boolean delete = row.getRowKind() == RowKind.DELETE;
    long written = version(row, key, delete, clock);
    String owner = tenant(row, key, delete);
    if (delete) {
      return EmbeddedRow.delete(id, key, owner, piece, written);
    }
    float[] numbers = PointRows.vector(row, vector, inDouble);
    if (numbers == null || numbers.length == 0) {
      throw new Refusal("key %s: there is no vector".formatted(key));
    }
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new Refusal("key %s: the vector holds %s".formatted(key, number));
      }
    }
    String embedded = text < 0 || row.isNullAt(text) ? "" : row.getString(text).toString();
    String hash = embedded.isEmpty() ? "" : ContentHash.of(model, embedded);
    checkComputed(row, key, List.of(id.toString(), key, source, model, hash));
    ProjectedRowData carried = ProjectedRowData.from(payloadColumns);
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        id,
        key,
        owner,
        piece,
        model,
        hash,
        written,
        embedded,
        numbers,
        payload.toBinaryRow(carried.replaceRow(row)).copy());
  }

  private void checkComputed(RowData row, String key, List<String> values) throws Refusal {
    for (int i = 0; i < computed.length; i++) {
      if (computed[i] >= 0 && !row.isNullAt(computed[i])) {
        String given = row.getString(computed[i]).toString();
        if (!given.equals(values.get(i))) {
          throw new Refusal(
              "key %s: %s is \"%s\", but follows from the other columns: \"%s\"; leave it out of the columns that are inserted"
                  .formatted(key, QdrantTable.COMPUTED.get(i), given, values.get(i)));
        }
      }
    }
  }

  private String tenant(RowData row, String key, boolean delete) throws Refusal {
    if (tenant < 0) {
      return "";
    }
    if (row.isNullAt(tenant)) {
      if (delete) {
        return "";
      }
      throw new Refusal("key %s: the row names no tenant".formatted(key));
    }
    if (tenantType.is(LogicalTypeFamily.CHARACTER_STRING)) {
      return row.getString(tenant).toString();
    }
    return String.valueOf(RowData.createFieldGetter(tenantType, tenant).getFieldOrNull(row));
  }

  private long version(RowData row, String key, boolean delete, Clock clock) throws Refusal {
    if (version < 0 || (delete && row.isNullAt(version))) {
      lastVersion = Math.max(lastVersion + 1, clock.millis() * 1_000L);
      return lastVersion;
    }
    if (row.isNullAt(version)) {
      throw new Refusal("key %s: there is no version".formatted(key));
    }
    long micros = versionType.is(LogicalTypeRoot.BIGINT) ? row.getLong(version) : micros(row);
    if (micros < 0 || micros >= MOST_VERSION) {
      throw new Refusal(
          "key %s: version %d; expected microseconds from 1970 to 2255".formatted(key, micros));
    }
    return micros;
  }

  private long micros(RowData row) {
    TimestampData at = row.getTimestamp(version, LogicalTypeChecks.getPrecision(versionType));
    // At the ends of what a long counts, which are no versions either.
    long micros = TimeUnit.MILLISECONDS.toMicros(at.getMillisecond());
    return micros == Long.MAX_VALUE ? micros : micros + at.getNanoOfMillisecond() / 1_000;
  }
}
