package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.EVENT_TIME_IN_FUTURE;
import static io.millrace.records.DeadLetterReason.MISSING_EVENT_TIME;

import io.millrace.contract.Contract;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The last gate before a record becomes a row: finds its event time, and writes the dead letter of
 * a record that does not pass.
 *
 * <p>An event time far ahead of the wall clock is refused: it would pull the watermark along, and
 * every honest record after it would be late.
 */
public final class Intake {

  /** How far ahead of the wall clock an event time may be. */
  public static final Duration DEFAULT_MAX_AHEAD = Duration.ofDays(1);

  private final Settings settings;
  private final LongSupplier wallClockMillis;
  private final boolean isEpochMillis;
  private final int timestampPrecision;
  private String contractVersion;

  /**
   * What the gate needs to know of a source.
   *
   * @param rowType of the source's rows
   * @param eventTimePosition position of the event time field, or -1: the record's own time counts
   */
  public record Settings(
      String source,
      String contract,
      String contractVersion,
      RowType rowType,
      int eventTimePosition,
      long maxAheadMillis,
      int rawLimitBytes)
      implements Serializable {

    /**
     * @throws IllegalArgumentException if the event time field is not in the contract or no time
     */
    public static Settings of(Source source) {
      Contract contract = source.contract();
      RowType rowType = source.rowType();
      int position = source.eventTime().field().map(rowType::getFieldIndex).orElse(-1);
      if (source.eventTime().field().isPresent()) {
        requireTime(source, contract.rowType(), position);
      }
      return new Settings(
          source.name(),
          contract.name(),
          contract.version(),
          rowType,
          position,
          DEFAULT_MAX_AHEAD.toMillis(),
          DeadLetter.Raw.DEFAULT_LIMIT_BYTES);
    }

    private static void requireTime(Source source, RowType rowType, int position) {
      String field = source.eventTime().field().orElseThrow();
      if (position < 0) {
        throw new IllegalArgumentException(
            "event time field '"
                + field
                + "' is not in contract '"
                + source.contract().name()
                + "'");
      }
      LogicalType type = rowType.getTypeAt(position);
      switch (type.getTypeRoot()) {
        case BIGINT, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {}
        default ->
            throw new IllegalArgumentException(
                "event time field '"
                    + field
                    + "' is "
                    + type.asSummaryString()
                    + "; an event time is a timestamp, or a BIGINT of epoch milliseconds");
      }
    }
  }

  public Intake(Settings settings, LongSupplier wallClockMillis) {
    this.settings = settings;
    this.wallClockMillis = wallClockMillis;
    this.contractVersion = settings.contractVersion();
    LogicalType eventTime =
        settings.eventTimePosition() < 0
            ? null
            : settings.rowType().getTypeAt(settings.eventTimePosition());
    this.isEpochMillis = eventTime != null && eventTime.is(LogicalTypeRoot.BIGINT);
    this.timestampPrecision =
        eventTime == null || isEpochMillis ? 0 : LogicalTypeChecks.getPrecision(eventTime);
  }

  /**
   * @param recordTimeMillis the record's own time: Kafka record timestamp, commit time of the
   *     change; negative when it has none
   * @param coordinates asked for when the record is refused
   * @param raw asked for when the record is refused
   */
  public Ingested accept(
      Decoding decoding,
      long recordTimeMillis,
      Supplier<DeadLetter.Coordinates> coordinates,
      Supplier<byte[]> raw) {
    if (decoding instanceof Decoding.Problem problem) {
      return refuse(problem, recordTimeMillis, coordinates.get(), raw.get());
    }
    if (decoding instanceof Decoding.Drifted drifted) {
      return drifted(drifted, recordTimeMillis, coordinates.get(), raw.get());
    }
    RowData row = ((Decoding.Row) decoding).row();
    long eventTimeMillis = eventTimeMillis(row, recordTimeMillis);
    Decoding.Problem problem = problemOfTime(eventTimeMillis);
    return problem == null
        ? Ingested.row(row, eventTimeMillis)
        : refuse(problem, recordTimeMillis, coordinates.get(), raw.get());
  }

  private Ingested drifted(
      Decoding.Drifted record,
      long recordTimeMillis,
      DeadLetter.Coordinates coordinates,
      byte[] raw) {
    long eventTimeMillis = eventTimeMillis(record.row(), recordTimeMillis);
    Decoding.Problem problemOfTime = problemOfTime(eventTimeMillis);
    boolean timed = problemOfTime == null;
    Deviation.Outcome outcome = record.outcome();
    Decoding.Problem problem = record.problem();
    if (!timed && outcome.isAccepted()) {
      outcome = Deviation.Outcome.QUARANTINED;
      problem = problemOfTime;
    }
    Drift drift =
        new Drift(
            raw,
            coordinates,
            recordTimeMillis,
            outcome,
            problem,
            record.deviations(),
            record.absent());
    return outcome.isAccepted()
        ? Ingested.drifted(record.row(), drift, eventTimeMillis)
        : Ingested.unresolved(
            drift, timed ? eventTimeMillis : Math.max(recordTimeMillis, 0), timed);
  }

  /** Why a row with this event time is refused; null when it is not. */
  private Decoding.Problem problemOfTime(long eventTimeMillis) {
    if (eventTimeMillis == Long.MIN_VALUE) {
      return missingEventTime();
    }
    long now = wallClockMillis.getAsLong();
    return eventTimeMillis > now + settings.maxAheadMillis()
        ? inFuture(eventTimeMillis, now)
        : null;
  }

  /** Names another version of the contract in dead letters from now on. */
  void follow(String newerVersion) {
    contractVersion = newerVersion;
  }

  /** A refused record. */
  public Ingested refuse(
      Decoding.Problem problem,
      long recordTimeMillis,
      DeadLetter.Coordinates coordinates,
      byte[] raw) {
    return Ingested.deadLetter(deadLetter(problem, recordTimeMillis, coordinates, raw));
  }

  /** The dead letter of a record. */
  public DeadLetter deadLetter(
      Decoding.Problem problem,
      long recordTimeMillis,
      DeadLetter.Coordinates coordinates,
      byte[] raw) {
    return new DeadLetter(
        settings.source(),
        problem.reason(),
        problem.field(),
        problem.message(),
        settings.contract(),
        contractVersion,
        Math.max(recordTimeMillis, 0),
        coordinates,
        DeadLetter.Raw.bounded(raw, settings.rawLimitBytes()));
  }

  /** Epoch millis, or {@code Long.MIN_VALUE} when there is none. */
  private long eventTimeMillis(RowData row, long recordTimeMillis) {
    int position = settings.eventTimePosition();
    if (position < 0) {
      return recordTimeMillis < 0 ? Long.MIN_VALUE : recordTimeMillis;
    }
    if (row.isNullAt(position)) {
      return Long.MIN_VALUE;
    }
    // A timestamp without a zone is taken as UTC, as Flink does.
    return isEpochMillis
        ? row.getLong(position)
        : row.getTimestamp(position, timestampPrecision).getMillisecond();
  }

  private Decoding.Problem missingEventTime() {
    return new Decoding.Problem(
        MISSING_EVENT_TIME,
        eventTimeField(),
        settings.eventTimePosition() < 0
            ? "the record carries no timestamp; name an event time field in the pipeline file"
            : "null where the event time is expected");
  }

  private Decoding.Problem inFuture(long eventTimeMillis, long now) {
    return new Decoding.Problem(
        EVENT_TIME_IN_FUTURE,
        eventTimeField(),
        "event time "
            + Instant.ofEpochMilli(eventTimeMillis)
            + " is more than "
            + Duration.ofMillis(settings.maxAheadMillis())
            + " ahead of the clock ("
            + Instant.ofEpochMilli(now)
            + ")");
  }

  private String eventTimeField() {
    return settings.eventTimePosition() < 0
        ? ""
        : settings.rowType().getFieldNames().get(settings.eventTimePosition());
  }

  /** The dead letter of a record that brought the decoder down. */
  public static Decoding.Problem failure(Exception cause) {
    return new Decoding.Problem(DeadLetterReason.DECODER_FAILURE, "", cause.toString());
  }
}
