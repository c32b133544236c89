package io.millrace.drift;

import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.records.Feedback;
import io.millrace.records.RetrainingAdvice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decides about the data set once all columns of a window are there: the watermark that closes the
 * window closed it for every column first. A column that has nothing to say is simply missing.
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>pending</td><td>monitor</td><td>columns and segments of the windows that end between
 *   two watermarks</td><td>the window is decided</td></tr>
 *   <tr><td>alarms</td><td>monitor</td><td>segments whose alarm is not quiet</td><td>it is quiet
 *   again</td></tr>
 *   <tr><td>loss</td><td>monitor</td><td>one</td><td>never</td></tr>
 *   <tr><td>event-time timer</td><td>monitor</td><td>windows that are pending</td><td>the window
 *   is decided</td></tr>
 * </table>
 */
final class MonitorFunction
    extends KeyedCoProcessFunction<String, ColumnWindow, Feedback, DriftSummary> {
  private static final long serialVersionUID = 1L;
  private static final String WHOLE = "";

  private final DriftPlan plan;
  private final OutputTag<DriftResult> results;
  private final OutputTag<Alert> alerts;
  private final OutputTag<RetrainingAdvice> advice;

  private transient MapState<String, ColumnWindow> pending;
  private transient MapState<String, AlarmTrack> alarms;
  private transient ValueState<LossTrack> losses;
  private transient WindowDecision decision;
  private transient Map<String, Integer> order;
  private transient MonitorMetrics metrics;

  MonitorFunction(
      DriftPlan plan,
      OutputTag<DriftResult> results,
      OutputTag<Alert> alerts,
      OutputTag<RetrainingAdvice> advice) {
    this.plan = plan;
    this.results = results;
    this.alerts = alerts;
    this.advice = advice;
  }

  @Override
  public void open(OpenContext context) {
    pending =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "pending", Types.STRING, TypeInformation.of(ColumnWindow.class)));
    alarms =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "alarms", Types.STRING, TypeInformation.of(AlarmTrack.class)));
    losses =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("loss", TypeInformation.of(LossTrack.class)));
    decision = new WindowDecision(plan);
    order = new HashMap<>();
    plan.columns().forEach(column -> order.put(column.name(), order.size()));
    metrics = new MonitorMetrics(getRuntimeContext().getMetricGroup(), plan);
  }

  @Override
  public void processElement1(ColumnWindow window, Context context, Collector<DriftSummary> out)
      throws Exception {
    DriftResult result = window.result();
    pending.put(
        result.windowEndMillis() + "\n" + result.column() + "\n" + result.segment(), window);
    context.timerService().registerEventTimeTimer(result.windowEndMillis() - 1);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<DriftSummary> out)
      throws Exception {
    Map<String, List<DriftResult>> windows = new TreeMap<>();
    long late = 0;
    for (ColumnWindow window : take(timestamp + 1)) {
      windows
          .computeIfAbsent(window.result().segment(), any -> new ArrayList<>())
          .add(window.result());
      late = Math.max(late, window.late());
    }
    List<DriftResult> whole = windows.remove(WHOLE);
    if (whole == null) {
      return;
    }
    DriftSummary summary = decideWhole(decision.decide(whole), late, context, out);
    decideSegments(windows, summary, context, out);
  }

  /** The columns of the windows that end then, removed from the state; in a fixed order. */
  private List<ColumnWindow> take(long endMillis) throws Exception {
    List<ColumnWindow> taken = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (Map.Entry<String, ColumnWindow> each : pending.entries()) {
      if (each.getValue().result().windowEndMillis() == endMillis) {
        taken.add(each.getValue());
        keys.add(each.getKey());
      }
    }
    for (String key : keys) {
      pending.remove(key);
    }
    taken.sort(
        Comparator.comparing((ColumnWindow window) -> window.result().segment())
            .thenComparing(window -> order.getOrDefault(window.result().column(), -1)));
    taken.removeIf(window -> !order.containsKey(window.result().column()));
    return taken;
  }

  private DriftSummary decideWhole(
      List<DriftResult> decided, long late, Context context, Collector<DriftSummary> out)
      throws Exception {
    decided.forEach(result -> context.output(results, result));
    metrics.columns(decided);
    DriftSummary summary = summary(decided, late);
    AlarmTrack.Step step = alarm(WHOLE).next(summary, plan.alarm());
    keep(WHOLE, step.track());
    DriftSummary withAlarm = withAlarm(summary, step.track());
    out.collect(withAlarm);
    metrics.alarm(step.track());
    if (step.alert().isPresent()) {
      context.output(alerts, step.alert().get());
      advise(step.alert().get(), context);
    }
    return withAlarm;
  }

  /** A segment's alarm does not open while the whole drifts: one drift is one alarm. */
  private void decideSegments(
      Map<String, List<DriftResult>> segments,
      DriftSummary whole,
      Context context,
      Collector<DriftSummary> out)
      throws Exception {
    List<DriftResult> all = new ArrayList<>();
    segments.values().forEach(all::addAll);
    Map<String, List<DriftResult>> decided = new TreeMap<>();
    for (DriftResult result : decision.decide(all)) {
      decided.computeIfAbsent(result.segment(), any -> new ArrayList<>()).add(result);
      context.output(results, result);
    }
    boolean drifts =
        whole.outcome() == DriftOutcome.DRIFT || whole.alarm() == DriftSummary.AlarmState.OPEN;
    for (Map.Entry<String, List<DriftResult>> each : decided.entrySet()) {
      DriftSummary summary = summary(each.getValue(), 0);
      AlarmTrack before = alarm(each.getKey());
      AlarmTrack.Step step =
          drifts && !before.open() && summary.outcome() == DriftOutcome.DRIFT
              ? new AlarmTrack.Step(AlarmTrack.QUIET, Optional.empty())
              : before.next(summary, plan.alarm());
      keep(each.getKey(), step.track());
      out.collect(withAlarm(summary, step.track()));
      step.alert().ifPresent(alert -> context.output(alerts, alert));
    }
  }

  private AlarmTrack alarm(String segment) throws Exception {
    AlarmTrack track = alarms.get(segment);
    return track == null ? AlarmTrack.QUIET : track;
  }

  private void keep(String segment, AlarmTrack track) throws Exception {
    if (track.equals(AlarmTrack.QUIET)) {
      alarms.remove(segment);
    } else {
      alarms.put(segment, track);
    }
  }

  private DriftSummary summary(List<DriftResult> decided, long late) {
    DriftResult first = decided.get(0);
    List<DriftedColumn> drifted = WindowDecision.drifted(decided);
    int compared = count(decided, DriftOutcome.STABLE) + count(decided, DriftOutcome.DRIFT);
    int baseline = count(decided, DriftOutcome.BASELINE);
    DriftOutcome outcome;
    String reason;
    if (compared > 0) {
      // 0.7 * 10 is a little more than 7.
      boolean enough = drifted.size() >= plan.alarm().shareOfColumns() * compared - 1e-9;
      outcome = !drifted.isEmpty() && enough ? DriftOutcome.DRIFT : DriftOutcome.STABLE;
      reason = drifted.size() + " of " + compared + " columns drifted";
    } else {
      outcome = baseline > 0 ? DriftOutcome.BASELINE : DriftOutcome.INSUFFICIENT_DATA;
      reason = first.reason();
    }
    String reference =
        decided.stream()
            .map(DriftResult::reference)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    return new DriftSummary(
        first.monitor(),
        first.segment(),
        first.windowStartMillis(),
        first.windowEndMillis(),
        outcome,
        reason,
        reference,
        decided.stream().mapToLong(result -> result.profile().rows()).max().orElse(0),
        late,
        plan.columns().size(),
        compared,
        drifted,
        DriftSummary.AlarmState.QUIET,
        -1);
  }

  private static int count(List<DriftResult> results, DriftOutcome outcome) {
    return (int) results.stream().filter(result -> result.outcome() == outcome).count();
  }

  private static DriftSummary withAlarm(DriftSummary summary, AlarmTrack track) {
    return new DriftSummary(
        summary.monitor(),
        summary.segment(),
        summary.windowStartMillis(),
        summary.windowEndMillis(),
        summary.outcome(),
        summary.reason(),
        summary.reference(),
        summary.rows(),
        summary.late(),
        summary.columns(),
        summary.compared(),
        summary.drifted(),
        track.state(),
        track.onsetMillis());
  }

  @Override
  public void processElement2(Feedback feedback, Context context, Collector<DriftSummary> out)
      throws Exception {
    LossTrack before = losses.value() == null ? LossTrack.NEW : losses.value();
    LossTrack after = before.next(feedback);
    losses.update(after);
    if (after.risen() != before.risen()) {
      AlarmTrack alarm = alarm(WHOLE);
      context.output(advice, Advice.of(plan.monitor(), alarm, after, feedback.timeMillis()));
    }
  }

  private void advise(Alert alert, Context context) throws Exception {
    LossTrack loss = losses.value() == null ? LossTrack.NEW : losses.value();
    context.output(advice, Advice.of(plan.monitor(), alarm(WHOLE), loss, alert.atMillis()));
  }
}
