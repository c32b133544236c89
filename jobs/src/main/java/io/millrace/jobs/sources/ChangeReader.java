package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.MISSING_BEFORE_IMAGE;
import static io.millrace.records.DeadLetterReason.UNSUPPORTED_CHANGE;

import io.millrace.ingest.Decoding;
import io.millrace.ingest.DriftException;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.Intake;
import io.millrace.records.DeadLetter;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * Makes rows of a table's changes. Downstream always sees exactly those rows of the table that fit
 * the contract, as if the others did not exist:
 *
 * <table>
 * <caption>what a change becomes, by whether the rows fit the contract</caption>
 * <tr><th>change</th><th>before</th><th>after</th><th>becomes</th></tr>
 * <tr><td>snapshot, insert</td><td></td><td>fits</td><td>+I</td></tr>
 * <tr><td>snapshot, insert</td><td></td><td>does not</td><td>dead letter</td></tr>
 * <tr><td>update</td><td>fits</td><td>fits</td><td>-U, +U</td></tr>
 * <tr><td>update</td><td>does not</td><td>fits</td><td>+I</td></tr>
 * <tr><td>update</td><td>fits</td><td>does not</td><td>-D, dead letter</td></tr>
 * <tr><td>update</td><td>does not</td><td>does not</td><td>dead letter</td></tr>
 * <tr><td>delete</td><td>fits</td><td></td><td>-D</td></tr>
 * <tr><td>delete</td><td>does not</td><td></td><td>dead letter</td></tr>
 * </table>
 *
 * <p>A row fits the contract when its values are of the contract's types and keep its quality
 * rules; what the policy lets pass fits, too, also where it makes a value null.
 *
 * <p>A row's own time is the commit time of its change, in the snapshot the time it was read. A row
 * before an update has its own event time if the contract holds one, otherwise that of the update.
 */
final class ChangeReader implements DebeziumDeserializationSchema<Ingested> {

  private static final long serialVersionUID = 1L;
  private static final long UNKNOWN_LSN = -1;

  private final Guard.Settings settings;
  private final List<String> primaryKey;
  private final TableColumns columns;
  private transient ConnectRow rows;
  private transient Guard guard;
  private transient Intake intake;

  /**
   * @param columns of the table, to tell renamed ones
   * @throws IllegalArgumentException if a table cannot deliver one of the contract's types
   */
  ChangeReader(Guard.Settings settings, List<String> primaryKey, TableColumns columns) {
    this.settings = settings;
    this.primaryKey = List.copyOf(primaryKey);
    this.columns = columns;
    this.rows = new ConnectRow(settings, TableColumns.NONE);
  }

  @Override
  public void deserialize(SourceRecord record, Collector<Ingested> out) {
    if (guard == null) {
      rows = new ConnectRow(settings, columns);
      guard = new Guard(settings, System::currentTimeMillis);
      intake = new Intake(settings.intake(), System::currentTimeMillis);
    }
    Change change = new Change((Struct) record.value(), (Struct) record.key());
    // Collecting runs the operators chained to the source; what they throw is theirs.
    for (Ingested ingested : read(change)) {
      out.collect(ingested);
    }
  }

  private List<Ingested> read(Change change) {
    try {
      return switch (change.operation) {
        case "r" -> List.of(change.row(change.after, null, RowKind.INSERT).ofSnapshot());
        case "c" -> List.of(change.row(change.after, null, RowKind.INSERT));
        case "u" -> update(change);
        case "d" ->
            List.of(
                change.before == null
                    ? change.refuse(missingBeforeImage("delete"))
                    : change.row(change.before, null, RowKind.DELETE));
        default -> List.of(change.refuse(unsupported(change.operation)));
      };
    } catch (DriftException asked) {
      throw asked;
    } catch (RuntimeException e) {
      return List.of(change.refuse(Intake.failure(e)));
    }
  }

  private static List<Ingested> update(Change change) {
    if (change.before == null) {
      return List.of(change.refuse(missingBeforeImage("update")));
    }
    Ingested before = change.row(change.before, null, RowKind.UPDATE_BEFORE);
    Ingested after = change.row(change.after, change.before, RowKind.UPDATE_AFTER);
    if (before.isRow()) {
      before.row().setRowKind(after.isRow() ? RowKind.UPDATE_BEFORE : RowKind.DELETE);
      return List.of(before.uncounted(), after);
    }
    if (after.isRow()) {
      after.row().setRowKind(RowKind.INSERT);
    }
    return List.of(after);
  }

  private static Decoding.Problem missingBeforeImage(String operation) {
    return new Decoding.Problem(
        MISSING_BEFORE_IMAGE,
        "",
        "the "
            + operation
            + " came without the row before it; run ALTER TABLE ... REPLICA IDENTITY FULL");
  }

  private static Decoding.Problem unsupported(String operation) {
    return new Decoding.Problem(
        UNSUPPORTED_CHANGE,
        "",
        operation.equals("t")
            ? "TRUNCATE does not name the rows it removes; use DELETE, or start the pipeline anew"
            : "operation '" + operation + "' is not known");
  }

  @Override
  public TypeInformation<Ingested> getProducedType() {
    return new IngestedTypeInfo(settings.intake().rowType());
  }

  /** One change event, taken apart. */
  private final class Change {
    private final Struct value;
    private final Struct key;
    private final String operation;
    private final Struct before;
    private final Struct after;
    private final Struct source;
    private final long timeMillis;

    Change(Struct value, Struct key) {
      this.value = value;
      this.key = key;
      this.operation = value.getString("op");
      this.before = value.getStruct("before");
      this.after = value.getStruct("after");
      this.source = value.getStruct("source");
      Long committed = source.getInt64("ts_ms");
      Long read = value.getInt64("ts_ms");
      // Rows of the snapshot have a commit time of zero.
      this.timeMillis = committed != null && committed > 0 ? committed : read == null ? -1 : read;
    }

    Ingested row(Struct image, Struct earlier, RowKind kind) {
      // Settled here: by itself an image cannot be decided about again later, because what became
      // of the row before it would have to change as well.
      Ingested ingested =
          guard.settle(
              guard.admit(rows.read(image, earlier), timeMillis, this::coordinates, this::raw));
      if (ingested.isRow()) {
        ingested.row().setRowKind(kind);
      }
      return ingested;
    }

    Ingested refuse(Decoding.Problem problem) {
      return intake.refuse(problem, timeMillis, coordinates(), raw());
    }

    private DeadLetter.Coordinates coordinates() {
      Long lsn = hasField(source, "lsn") ? source.getInt64("lsn") : null;
      return DeadLetter.Coordinates.table(
          source.getString("schema") + "." + source.getString("table"),
          lsn == null || lsn == 0 ? UNKNOWN_LSN : lsn,
          key == null ? primaryKeyOfImage() : ConnectJson.bytes(key));
    }

    private byte[] primaryKeyOfImage() {
      Struct image = after == null ? before : after;
      return image == null ? null : ConnectJson.bytes(image, primaryKey);
    }

    private byte[] raw() {
      return ConnectJson.bytes(value, List.of("op", "before", "after"));
    }
  }

  private static boolean hasField(Struct struct, String name) {
    return struct.schema().field(name) != null;
  }
}
