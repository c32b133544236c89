package io.millrace.quality;

import io.millrace.contract.QualityBound;
import io.millrace.contract.QualityRule;
import io.millrace.pipeline.Source;
import io.millrace.records.QualityResult;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Adds up the counts of each rule by window, and tells the result when the window is over; again
 * when counts come later. Keyed by rule.
 *
 * <p>Metrics, in {@code source.<name>.quality.<rule>}: the counters {@code checked} and {@code
 * failed}, and the gauges {@code passRate} (of the newest window that is over) and {@code passed}
 * (1 or 0).
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>windows</td><td>rule</td><td>windows that are open or were over less than a window ago
 *   </td><td>the watermark is one window past the window's end</td></tr>
 *   <tr><td>event-time timers</td><td>rule</td><td>two per window</td><td>the same</td></tr>
 * </table>
 */
final class RuleWindows extends KeyedProcessFunction<String, RuleCounts, QualityResult> {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long windowMillis;
  private final Map<String, QualityRule> rules = new HashMap<>();
  private transient MapState<Long, RuleCounts> windows;
  private transient Map<String, Figures> figures;

  RuleWindows(Source source) {
    this.source = source.name();
    this.windowMillis = source.quality().window().toMillis();
    source.contract().qualityRules().forEach(rule -> rules.put(rule.name(), rule));
  }

  /** What is shown of one rule. */
  private static final class Figures {
    private final Counter checked;
    private final Counter failed;
    private long newestStartMillis = Long.MIN_VALUE;
    private double passRate = 1;
    private boolean passed = true;

    Figures(MetricGroup group) {
      checked = group.counter("checked");
      failed = group.counter("failed");
      group.gauge("passRate", (Gauge<Double>) () -> passRate);
      group.gauge("passed", (Gauge<Integer>) () -> passed ? 1 : 0);
    }

    void show(QualityResult result) {
      if (result.windowStartMillis() >= newestStartMillis) {
        newestStartMillis = result.windowStartMillis();
        passRate = result.passRate();
        passed = result.passed();
      }
    }
  }

  @Override
  public void open(OpenContext context) {
    windows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "windows", Types.LONG, TypeInformation.of(RuleCounts.class)));
    figures = new HashMap<>();
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    rules
        .keySet()
        .forEach(
            rule -> figures.put(rule, new Figures(Enforcement.ruleGroup(metrics, source, rule))));
  }

  @Override
  public void processElement(RuleCounts part, Context context, Collector<QualityResult> out)
      throws Exception {
    Figures shown = figures.get(part.rule());
    if (shown == null) {
      // Counted by an earlier contract, before a restart without the rule.
      return;
    }
    shown.checked.inc(part.checked());
    shown.failed.inc(part.failed());
    long start = part.windowStartMillis();
    long watermark = context.timerService().currentWatermark();
    if (forgottenAt(start) <= watermark) {
      return;
    }
    RuleCounts before = windows.get(start);
    RuleCounts sum =
        before == null
            ? part
            : new RuleCounts(
                part.rule(),
                start,
                before.checked() + part.checked(),
                before.failed() + part.failed());
    windows.put(start, sum);
    if (overAt(start) <= watermark) {
      tell(sum, out);
    } else {
      context.timerService().registerEventTimeTimer(overAt(start));
    }
    context.timerService().registerEventTimeTimer(forgottenAt(start));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<QualityResult> out)
      throws Exception {
    // A moment may be the end of one window and the one at which the window before is forgotten.
    RuleCounts over = windows.get(timestamp + 1 - windowMillis);
    if (over != null) {
      tell(over, out);
    }
    windows.remove(timestamp + 1 - 2 * windowMillis);
  }

  private void tell(RuleCounts counts, Collector<QualityResult> out) {
    QualityRule rule = rules.get(counts.rule());
    if (rule == null) {
      return;
    }
    QualityResult result = resultOf(rule, counts);
    figures.get(rule.name()).show(result);
    out.collect(result);
  }

  private QualityResult resultOf(QualityRule rule, RuleCounts counts) {
    double figure =
        rule.check() instanceof QualityRule.RowCount ? counts.checked() : counts.failed();
    if (rule.bound().unit() == QualityBound.Unit.PERCENT && counts.checked() > 0) {
      figure = 100 * figure / counts.checked();
    }
    return new QualityResult(
        source,
        rule.name(),
        rule.field(),
        rule.check().expected(),
        rule.bound().text(),
        counts.windowStartMillis(),
        counts.windowStartMillis() + windowMillis,
        counts.checked(),
        counts.failed(),
        rule.bound().holds(figure));
  }

  private long overAt(long start) {
    return start + windowMillis - 1;
  }

  private long forgottenAt(long start) {
    return start + 2 * windowMillis - 1;
  }
}
