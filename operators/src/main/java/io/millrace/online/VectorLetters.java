package io.millrace.online;

import io.millrace.contract.Contract;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.ingest.JsonRowEncoder;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Dead letters of vectors that the online store refused, and the way back. The raw bytes are the
 * vector as JSON, with its version: writing it again later cannot turn newer values back.
 *
 * <pre>{@code
 * {"view":"carrier_delay","entity":{"carrier":"UA"},"features":{"departures_1h":12},
 *  "event_time":"2013-01-01T10:15:00Z","revision":4711,"deleted":false}
 * }</pre>
 *
 * @param place topic or table of the view's source
 * @param replayed whether the vectors come from letters
 */
public record VectorLetters(
    String source,
    String place,
    String contract,
    String contractVersion,
    FeatureSchema schema,
    boolean replayed)
    implements Serializable {

  private static final int LARGEST_BYTES = 128 << 20;
  private static final int DEEPEST = 64;
  private static final int TIME_PRECISION = 3;

  public static VectorLetters of(
      String source, String place, Contract contract, FeatureSchema schema) {
    return new VectorLetters(source, place, contract.name(), contract.version(), schema, false);
  }

  /** Letters of vectors that have been replayed. */
  public VectorLetters afterReplay() {
    return new VectorLetters(source, place, contract, contractVersion, schema, true);
  }

  /** Writes letters; one for each task. */
  public Writer writer() {
    return new Writer(new JsonRowEncoder(rowType()));
  }

  /** Reads their vectors; one for each task. */
  public Reader reader() {
    return new Reader(new JsonRowDecoder(rowType(), LARGEST_BYTES, DEEPEST));
  }

  private RowType rowType() {
    return RowType.of(
        new LogicalType[] {
          new VarCharType(false, VarCharType.MAX_LENGTH),
          schema.entity().copy(false),
          schema.values().copy(true),
          new LocalZonedTimestampType(false, TIME_PRECISION),
          new BigIntType(false),
          new BooleanType(false)
        },
        new String[] {"view", "entity", "features", "event_time", "revision", "deleted"});
  }

  /** NOT thread safe. */
  public final class Writer {
    private final JsonRowEncoder json;

    private Writer(JsonRowEncoder json) {
      this.json = json;
    }

    DeadLetter letter(FeatureVector vector, byte[] key, String why, String cure) {
      RowData row =
          GenericRowData.of(
              StringData.fromString(schema.view()),
              vector.entity(),
              vector.values(),
              TimestampData.fromEpochMillis(vector.eventTimeMillis()),
              vector.revision(),
              vector.deleted());
      return new DeadLetter(
              source,
              DeadLetterReason.REFUSED_BY_STORE,
              "",
              "view %s, key %s: %s. %s"
                  .formatted(schema.view(), EntityLayout.readable(key), why, cure),
              contract,
              contractVersion,
              vector.eventTimeMillis(),
              DeadLetter.Coordinates.table(place, -1, key).afterReplays(replayed ? 1 : 0),
              DeadLetter.Raw.of(json.encode(row)).as(DeadLetter.Raw.Content.VECTOR))
          .ofView(schema.view());
    }
  }

  /** NOT thread safe. */
  public final class Reader {
    private final JsonRowDecoder json;

    private Reader(JsonRowDecoder json) {
      this.json = json;
    }

    /**
     * @throws IllegalArgumentException if the bytes are not a vector of this view as it is now
     */
    public FeatureVector vector(byte[] raw) {
      Decoding decoding = json.decode(raw);
      if (decoding instanceof Decoding.Problem problem) {
        throw new IllegalArgumentException(
            "not a vector of view %s as it is now: %s %s"
                .formatted(schema.view(), problem.field(), problem.message()));
      }
      RowData row = ((Decoding.Row) decoding).row();
      List<LogicalType> types = rowType().getChildren();
      boolean deleted = row.getBoolean(5);
      return new FeatureVector(
          row.getRow(1, ((RowType) types.get(1)).getFieldCount()),
          row.isNullAt(2) ? null : row.getRow(2, ((RowType) types.get(2)).getFieldCount()),
          row.getTimestamp(3, TIME_PRECISION).getMillisecond(),
          row.getLong(4),
          deleted);
    }
  }
}
