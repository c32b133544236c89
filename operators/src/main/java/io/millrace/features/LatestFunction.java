package io.millrace.features;

import io.millrace.records.FeatureVector;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * The row of an entity as it is now.
 *
 * <p>Over a changelog every change counts in the order in which it comes, which is that of the
 * database: an insert or update shows its row, a delete takes the entity away, and so does an
 * update whose row no longer satisfies the view's condition. The row before an update says nothing
 * new and is ignored. Event times never go back: a change with an older one is emitted with the
 * newest so far and a greater revision.
 *
 * <p>Over a source that only appends, the row with the newest event time wins, of equal ones that
 * which came last; rows that are older than what was shown, that have no time, or that do not
 * satisfy the condition, change nothing.
 *
 * <p>With {@code emit_every} an entity is emitted at most that often, at times that are spread over
 * the interval by its hash, and at the end of input.
 *
 * <pre>
 *   state    key     grows with                       cleared when
 *   version  entity  number of entities               an hour of event time after the entity was
 *                                                     deleted
 *   values   entity  entities changed within the      the row is emitted
 *                    last {@code emit_every}
 *   timers   entity  deleted and held back entities   they fire
 * </pre>
 *
 * A deleted entity is remembered for that hour so that a row inserted in the same millisecond still
 * gets the greater version, whatever the online store has seen.
 */
final class LatestFunction extends KeyedProcessFunction<RowData, RowData, FeatureVector> {
  private static final long serialVersionUID = 1L;

  static final Duration DELETED_REMEMBERED = Duration.ofHours(1);

  private final LatestPlan plan;
  private final boolean changelog;
  private final long emitEveryMillis;
  private final int arity;
  private final int conditionColumn;

  private transient ValueState<LatestVersion> version;
  private transient ValueState<RowData> values;
  private transient RowDataSerializer serializer;
  private transient ProjectedRowData shown;
  private transient Counter superseded;
  private transient Counter untimed;

  /**
   * @param changelog whether rows are changes of a table, to be taken in the order they come
   * @param emitEvery an entity is emitted at most this often; zero: on every change
   */
  LatestFunction(LatestPlan plan, boolean changelog, Duration emitEvery) {
    this.plan = plan;
    this.changelog = changelog;
    this.emitEveryMillis = emitEvery.toMillis();
    arity = plan.schema().entity().getFieldCount();
    conditionColumn = arity + plan.schema().values().getFieldCount();
  }

  @Override
  public void open(OpenContext context) {
    version =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("version", TypeInformation.of(LatestVersion.class)));
    values =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("values", InternalTypeInfo.of(plan.schema().values())));
    serializer = new RowDataSerializer(plan.schema().values());
    int[] columns = new int[conditionColumn - arity];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = arity + i;
    }
    shown = ProjectedRowData.from(columns);
    superseded = getRuntimeContext().getMetricGroup().counter("supersededRows");
    untimed = getRuntimeContext().getMetricGroup().counter("rowsWithoutTime");
  }

  @Override
  public void processElement(RowData row, Context context, Collector<FeatureVector> out)
      throws Exception {
    if (row.getRowKind() == RowKind.UPDATE_BEFORE) {
      return;
    }
    Long time = context.timestamp();
    if (time == null && !changelog) {
      untimed.inc();
      return;
    }
    LatestVersion before = version.value();
    long floor = before == null ? 0 : before.eventTimeMillis();
    long rowTime = time == null ? floor : time;
    if (!changelog && before != null && rowTime < floor) {
      superseded.inc();
      return;
    }
    boolean satisfied = satisfies(row);
    boolean gone = row.getRowKind() == RowKind.DELETE || !satisfied;
    boolean wasShown = before != null && !before.deleted();
    // Deletes of rows that were never shown are emitted all the same: state that is lost on purpose
    // (a job started without it) must not leave an entity in the store for ever.
    if (!satisfied && !(changelog && wasShown)) {
      return;
    }
    LatestVersion after =
        new LatestVersion(
            before == null ? rowTime : Math.max(floor, rowTime),
            before == null ? 1 : before.revision() + 1,
            gone,
            emitEveryMillis > 0);
    version.update(after);
    if (gone) {
      context
          .timerService()
          .registerEventTimeTimer(after.eventTimeMillis() + DELETED_REMEMBERED.toMillis());
    }
    RowData newest = gone ? null : serializer.toBinaryRow(shown.replaceRow(row)).copy();
    if (emitEveryMillis == 0) {
      emit(context.getCurrentKey(), newest, after, out);
      return;
    }
    values.update(newest);
    if (before == null || !before.heldBack()) {
      TimerService timers = context.timerService();
      timers.registerProcessingTimeTimer(
          nextEmission(timers.currentProcessingTime(), context.getCurrentKey()));
      // The end of input is the last watermark: what is held back then must not be lost.
      timers.registerEventTimeTimer(Watermark.MAX_WATERMARK.getTimestamp());
    }
  }

  private long nextEmission(long now, RowData entity) {
    long phase = Math.floorMod(entity.hashCode(), emitEveryMillis);
    return now + emitEveryMillis - Math.floorMod(now - phase, emitEveryMillis);
  }

  private static void emit(
      RowData entity, RowData newest, LatestVersion version, Collector<FeatureVector> out) {
    out.collect(
        new FeatureVector(
            entity, newest, version.eventTimeMillis(), version.revision(), version.deleted()));
  }

  private boolean satisfies(RowData row) {
    return !plan.conditional()
        || (!row.isNullAt(conditionColumn) && row.getBoolean(conditionColumn));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<FeatureVector> out)
      throws Exception {
    LatestVersion current = version.value();
    if (current == null) {
      return;
    }
    boolean forgotten =
        context.timeDomain() == TimeDomain.EVENT_TIME
            && current.deleted()
            && current.eventTimeMillis() + DELETED_REMEMBERED.toMillis() <= timestamp;
    boolean due =
        context.timeDomain() == TimeDomain.PROCESSING_TIME
            || timestamp == Watermark.MAX_WATERMARK.getTimestamp();
    if (current.heldBack() && (due || forgotten)) {
      emit(context.getCurrentKey(), values.value(), current, out);
      values.clear();
      context.timerService().deleteEventTimeTimer(Watermark.MAX_WATERMARK.getTimestamp());
      version.update(
          new LatestVersion(
              current.eventTimeMillis(), current.revision(), current.deleted(), false));
    }
    if (forgotten) {
      version.clear();
    }
  }
}
