package io.millrace.online;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a writer counts, in the group {@code redis} of its operator; Flink's own {@code
 * numRecordsSend} and {@code numBytesSend} besides.
 *
 * <pre>
 * writes                     entities written (each vector is written, guarded, coalesced, refused or skipped)
 * writesPerSecond            of the last minute
 * guarded                    vectors turned away because a newer one was there
 * coalesced                  vectors not sent because a newer one of the entity was in their batch
 * refused                    vectors that Redis does not take; each is a dead letter
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
  final Counter refused;
  final Counter skipped;
  final Counter batches;
  final Counter retries;
  private final Counter recordsSent;
  private final Counter bytesSent;
  final Histogram eventTimeToVisibleMillis;

  WriterMetrics(SinkWriterMetricGroup operator) {
    MetricGroup group = operator.addGroup("redis");
    writes = group.counter("writes");
    guarded = group.counter("guarded");
    coalesced = group.counter("coalesced");
    refused = group.counter("refused");
    skipped = group.counter("skipped");
    batches = group.counter("batches");
    retries = group.counter("retries");
    group.meter("writesPerSecond", new MeterView(writes));
    eventTimeToVisibleMillis =
        group.histogram(
            "eventTimeToVisibleMillis", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    recordsSent = operator.getNumRecordsSendCounter();
    bytesSent = operator.getNumBytesSendCounter();
  }

  /** A batch was answered. */
  void acknowledged(WriteBatch batch, long turnedAway, int notTaken, long nowMillis) {
    batches.inc();
    guarded.inc(turnedAway);
    refused.inc(notTaken);
    writes.inc(batch.size() - turnedAway - notTaken);
    recordsSent.inc(batch.size() - notTaken);
    bytesSent.inc(batch.sizeInBytes());
    for (EntityWrite write : batch.writes()) {
      eventTimeToVisibleMillis.update(nowMillis - write.version().eventTimeMillis());
    }
  }
}
