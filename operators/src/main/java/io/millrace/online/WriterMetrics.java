package io.millrace.online;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a writer counts, in the group {@code redis} of its operator.
 *
 * <pre>
 * writes                     entities written (each vector is written, guarded, coalesced or skipped)
 * writesPerSecond            of the last minute
 * guarded                    vectors turned away because a newer one was there
 * coalesced                  vectors not sent because a newer one of the entity was in their batch
 * skipped                    vectors whose entity has no key in the layout
 * batches                    round trips
 * retries                    attempts to reach Redis again after a failure
 * eventTimeToVisibleMillis   histogram: from a vector's event time to the answer of Redis
 * </pre>
 */
final class WriterMetrics {

  private static final int HISTOGRAM_SAMPLES = 2_000;

  final Counter writes;
  final Counter guarded;
  final Counter coalesced;
  final Counter skipped;
  final Counter batches;
  final Counter retries;
  final Counter bytes;
  final Histogram eventTimeToVisibleMillis;

  WriterMetrics(SinkWriterMetricGroup operator) {
    MetricGroup group = operator.addGroup("redis");
    writes = group.counter("writes");
    guarded = group.counter("guarded");
    coalesced = group.counter("coalesced");
    skipped = group.counter("skipped");
    batches = group.counter("batches");
    retries = group.counter("retries");
    group.meter("writesPerSecond", new MeterView(writes));
    eventTimeToVisibleMillis =
        group.histogram(
            "eventTimeToVisibleMillis", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    bytes = operator.getNumBytesSendCounter();
  }
}
