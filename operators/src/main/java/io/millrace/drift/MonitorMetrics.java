package io.millrace.drift;

import io.millrace.records.DriftResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * The newest figures of a monitor: per column {@code psi}, {@code ks} and {@code p} (the smallest
 * adjusted p-value of the statistics that decide), NaN before the first comparison; and {@code
 * alarm}, 0 quiet, 1 pending, 2 open. Groups are {@code monitor} and {@code column}, which
 * Prometheus gets as labels.
 */
final class MonitorMetrics {
  private final Map<String, double[]> last = new HashMap<>();
  private int alarm;

  MonitorMetrics(MetricGroup operator, DriftPlan plan) {
    MetricGroup group = operator.addGroup("monitor", plan.monitor());
    group.gauge("alarm", (Gauge<Integer>) () -> alarm);
    for (WatchedColumn column : plan.columns()) {
      double[] figures = {Double.NaN, Double.NaN, Double.NaN};
      last.put(column.name(), figures);
      MetricGroup ofColumn = group.addGroup("column", column.name());
      ofColumn.gauge("psi", (Gauge<Double>) () -> figures[0]);
      ofColumn.gauge("ks", (Gauge<Double>) () -> figures[1]);
      ofColumn.gauge("p", (Gauge<Double>) () -> figures[2]);
    }
  }

  void columns(List<DriftResult> decided) {
    for (DriftResult result : decided) {
      double[] figures = last.get(result.column());
      double p = Double.NaN;
      for (DriftResult.Statistic each : result.statistics()) {
        if (each.name().equals("psi")) {
          figures[0] = each.value();
        } else if (each.name().equals("ks")) {
          figures[1] = each.value();
        }
        if (!Double.isNaN(each.adjustedP())) {
          p = Double.isNaN(p) ? each.adjustedP() : Math.min(p, each.adjustedP());
        }
      }
      figures[2] = p;
    }
  }

  void alarm(AlarmTrack track) {
    alarm = track.state().ordinal();
  }
}
