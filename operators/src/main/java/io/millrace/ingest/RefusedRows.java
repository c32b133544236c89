package io.millrace.ingest;

import io.millrace.contract.Contract;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.time.Instant;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * Makes dead letters of rows that a view could not take in, although the source could: one of the
 * view's expressions failed on them, or no window could hold them any more. Their coordinates name
 * the source's place only; the raw bytes are the row as JSON.
 */
public final class RefusedRows {
  private RefusedRows() {}

  /**
   * For rows on which an expression failed: rows of two fields, the source's row and the reason.
   *
   * @param place topic or table of the source
   * @param rows type of the source's rows
   * @param replayed whether the rows come from dead letters
   */
  public static ProcessFunction<RowData, DeadLetter> expressionFailed(
      String source, String place, Contract contract, RowType rows, String view, boolean replayed) {
    return new ExpressionFailed(new Origin(source, place, contract, view, replayed), rows);
  }

  /**
   * For rows that no window holds any more: those behind the watermark become dead letters.
   *
   * @param projected type of the rows that the view computes from
   */
  public static ProcessFunction<RowData, DeadLetter> tooLate(
      String source, String place, Contract contract, String view, RowType projected) {
    return new TooLate(new Origin(source, place, contract, view, false), projected);
  }

  private record Origin(
      String source,
      String place,
      String contract,
      String contractVersion,
      String view,
      boolean replayed)
      implements java.io.Serializable {

    Origin(String source, String place, Contract contract, String view, boolean replayed) {
      this(source, place, contract.name(), contract.version(), view, replayed);
    }

    DeadLetter deadLetter(
        DeadLetterReason reason, String message, Long timeMillis, DeadLetter.Raw raw) {
      return new DeadLetter(
              source,
              reason,
              "",
              "view " + view + ": " + message,
              contract,
              contractVersion,
              timeMillis == null ? 0 : timeMillis,
              DeadLetter.Coordinates.table(place, -1, null).afterReplays(replayed ? 1 : 0),
              raw)
          .ofView(view);
    }
  }

  private static final class ExpressionFailed extends ProcessFunction<RowData, DeadLetter> {
    private static final long serialVersionUID = 1L;

    private final Origin origin;
    private final JsonRowEncoder json;
    private final int arity;

    ExpressionFailed(Origin origin, RowType sourceRow) {
      this.origin = origin;
      this.json = new JsonRowEncoder(sourceRow);
      this.arity = sourceRow.getFieldCount();
    }

    @Override
    public void processElement(RowData refused, Context context, Collector<DeadLetter> out) {
      out.collect(
          origin.deadLetter(
              DeadLetterReason.EXPRESSION_FAILED,
              "an expression of the view failed on this row ("
                  + refused.getString(1)
                  + "); guard it, for example with CASE or TRY_CAST",
              context.timestamp(),
              DeadLetter.Raw.of(json.encode(refused.getRow(0, arity)))
                  .as(DeadLetter.Raw.Content.ROW)));
    }
  }

  private static final class TooLate extends ProcessFunction<RowData, DeadLetter> {
    private static final long serialVersionUID = 1L;

    private final Origin origin;
    private final JsonRowEncoder json;

    TooLate(Origin origin, RowType projected) {
      this.origin = origin;
      this.json = new JsonRowEncoder(projected);
    }

    @Override
    public void processElement(RowData late, Context context, Collector<DeadLetter> out) {
      Long time = context.timestamp();
      if (time != null && time > context.timerService().currentWatermark()) {
        // On time, only outrun by newer rows of its key, as when one partition is read ahead of
        // another: every value that it belongs to is long past, so nothing is missing anywhere.
        return;
      }
      out.collect(
          origin.deadLetter(
              DeadLetterReason.TOO_LATE,
              time == null
                  ? "the row has no event time"
                  : "event time "
                      + Instant.ofEpochMilli(time)
                      + " is older than every window at watermark "
                      + Instant.ofEpochMilli(context.timerService().currentWatermark())
                      + "; raise out_of_orderness or backfill",
              time,
              DeadLetter.Raw.of(json.encode(late)).as(DeadLetter.Raw.Content.COLUMNS)));
    }
  }
}
