package io.millrace.quickstart;

import io.millrace.testkit.FlightData;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Sees the counters of a Flink that runs in this JVM, as any other metric reporter would, so that
 * the progress line needs no polling over HTTP.
 */
public final class JobCounters implements MetricReporter {

  /** For {@code metrics.reporter.NAME.factory.class}; found by Flink as a service. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return INSTANCE;
    }
  }

  private static final JobCounters INSTANCE = new JobCounters();

  private record Scoped(String name, Map<String, String> variables) {}

  private final Map<Metric, Scoped> counters = new ConcurrentHashMap<>();

  private JobCounters() {}

  /** The one that Flink reports to. */
  public static JobCounters ofThisJvm() {
    return INSTANCE;
  }

  /** Sum over all tasks of the counters with this name. */
  public long sum(String name) {
    return sum(name, "", "");
  }

  /**
   * Sum over all tasks of the counters with this name and a scope variable.
   *
   * @param variable for example {@code <operator_name>}; empty: any scope
   */
  public long sum(String name, String variable, String value) {
    long sum = 0;
    for (Map.Entry<Metric, Scoped> entry : counters.entrySet()) {
      Scoped scoped = entry.getValue();
      if (scoped.name().equals(name)
          && (variable.isEmpty() || value.equals(scoped.variables().get(variable)))) {
        sum += ((Counter) entry.getKey()).getCount();
      }
    }
    return sum;
  }

  /** Of the source of flights, over all tasks. */
  long counted(String name) {
    return sum(name, "<source>", FlightData.TOPIC);
  }

  /** Says whether nothing was written to Redis since it was asked last. */
  BooleanSupplier quiet() {
    long[] before = {-1};
    return () -> {
      long written = sum("writes") + sum("guarded");
      boolean quiet = written == before[0];
      before[0] = written;
      return quiet;
    };
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter) {
      counters.put(metric, new Scoped(name, Map.copyOf(group.getAllVariables())));
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    counters.remove(metric);
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {
    counters.clear();
  }
}
