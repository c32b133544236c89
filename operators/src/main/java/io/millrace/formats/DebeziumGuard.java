package io.millrace.formats;

import static io.millrace.records.DeadLetterReason.MISSING_BEFORE_IMAGE;
import static io.millrace.records.DeadLetterReason.NOT_IN_FORMAT;
import static io.millrace.records.DeadLetterReason.TOO_LARGE;
import static io.millrace.records.DeadLetterReason.UNSUPPORTED_CHANGE;

import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.ingest.RowDecoder;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.types.RowKind;

/**
 * Makes rows with their kind of Debezium's change events ({@code debezium-json}), each image held
 * against the contract by its guard. As with a table that is read directly, downstream sees exactly
 * the rows that fit the contract, as if the others did not exist: an update of a row that did not
 * fit is an insert, one to a row that does not fit a delete and a dead letter.
 *
 * <p>A tombstone, which follows a delete so that Kafka may forget the key, is nothing at all. NOT
 * thread safe.
 */
public final class DebeziumGuard {

  private final Guard guard;
  private final RowDecoder json;

  public DebeziumGuard(Guard.Settings settings, LongSupplier wallClockMillis) {
    json = JsonRowDecoder.guarded(settings);
    guard = new Guard(settings, new Images(json), wallClockMillis);
  }

  /** The guard of single images, for whoever settles what it could not decide. */
  public Guard guard() {
    return guard;
  }

  /**
   * @param event value of the record; null for a tombstone
   * @param recordTimeMillis the record's own time, where the event has no better one
   * @return nothing, one, or two for an update of which both rows fit
   */
  public List<Ingested> admit(
      byte[] event, long recordTimeMillis, Supplier<DeadLetter.Coordinates> coordinates) {
    if (event == null) {
      return List.of();
    }
    if (event.length > JsonRowDecoder.DEFAULT_MAX_BYTES) {
      return refused(
          TOO_LARGE,
          event.length + " bytes where at most " + JsonRowDecoder.DEFAULT_MAX_BYTES + " are taken",
          event,
          recordTimeMillis,
          coordinates);
    }
    DebeziumEnvelope change;
    try {
      change = DebeziumEnvelope.of(event);
    } catch (IOException | RuntimeException malformed) {
      return refused(
          NOT_IN_FORMAT,
          "not a change event: " + malformed.getMessage(),
          event,
          recordTimeMillis,
          coordinates);
    }
    long time = change.timeMillis() > 0 ? change.timeMillis() : recordTimeMillis;
    return switch (change.operation()) {
      case "r", "c" -> {
        if (change.after() == null) {
          yield refused(NOT_IN_FORMAT, "an insert without a row", event, time, coordinates);
        }
        Ingested row = image(change.after(), RowKind.INSERT, event, time, coordinates);
        yield List.of(change.operation().equals("r") ? row.ofSnapshot() : row);
      }
      case "u" -> update(change, event, time, coordinates);
      case "d" ->
          change.before() == null
              ? refused(MISSING_BEFORE_IMAGE, missing("delete"), event, time, coordinates)
              : List.of(image(change.before(), RowKind.DELETE, event, time, coordinates));
      default ->
          refused(
              UNSUPPORTED_CHANGE,
              change.operation().isEmpty()
                  ? "there is no field op: not a change event of Debezium"
                  : "operation '" + change.operation() + "' names no rows",
              event,
              time,
              coordinates);
    };
  }

  private List<Ingested> update(
      DebeziumEnvelope change,
      byte[] event,
      long time,
      Supplier<DeadLetter.Coordinates> coordinates) {
    if (change.before() == null) {
      return refused(MISSING_BEFORE_IMAGE, missing("update"), event, time, coordinates);
    }
    if (change.after() == null) {
      return refused(NOT_IN_FORMAT, "an update without a row", event, time, coordinates);
    }
    Ingested before =
        image(
            change.before(),
            RowKind.UPDATE_BEFORE,
            DebeziumEnvelope.onlyBefore(change.before()),
            time,
            coordinates);
    Ingested after = image(change.after(), RowKind.UPDATE_AFTER, event, time, coordinates);
    if (before.isRow()) {
      before.row().setRowKind(after.isRow() ? RowKind.UPDATE_BEFORE : RowKind.DELETE);
      return List.of(before.uncounted(), after);
    }
    if (after.isRow()) {
      after.row().setRowKind(RowKind.INSERT);
    }
    return List.of(after);
  }

  private Ingested image(
      byte[] image,
      RowKind kind,
      byte[] raw,
      long time,
      Supplier<DeadLetter.Coordinates> coordinates) {
    Ingested ingested = guard.settle(guard.admit(json.decode(image), time, coordinates, () -> raw));
    if (ingested.isRow()) {
      ingested.row().setRowKind(kind);
    }
    return ingested;
  }

  private List<Ingested> refused(
      DeadLetterReason reason,
      String message,
      byte[] event,
      long time,
      Supplier<DeadLetter.Coordinates> coordinates) {
    return List.of(
        guard.settle(
            guard.admit(
                new Decoding.Problem(reason, "", message), time, coordinates, () -> event)));
  }

  private static String missing(String operation) {
    return "the "
        + operation
        + " came without the row before it; let the database log whole rows (Postgres: REPLICA"
        + " IDENTITY FULL, MySQL: binlog_row_image=FULL)";
  }

  /** Decodes the row that an event is about: the one after the change, or else the one before. */
  private record Images(RowDecoder json) implements RowDecoder {
    @Override
    public Decoding decode(byte[] event) {
      try {
        DebeziumEnvelope change = DebeziumEnvelope.of(event);
        return json.decode(change.after() == null ? change.before() : change.after());
      } catch (IOException | RuntimeException malformed) {
        return new Decoding.Problem(
            NOT_IN_FORMAT, "", "not a change event: " + malformed.getMessage());
      }
    }

    @Override
    public void follow(ContractOverlay overlay) {
      json.follow(overlay);
    }
  }
}
