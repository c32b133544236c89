package io.millrace.vectors;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** Counters of a writer, in the metric group {@code qdrant}. Its threads count together. */
final class QdrantMetrics {
  private final Counter upserts;
  private final Counter deletes;
  private final Counter buried;
  private final Counter refused;
  private final Counter retries;
  private final Counter records;

  QdrantMetrics(SinkWriterMetricGroup metrics) {
    var group = metrics.addGroup("qdrant");
    upserts = group.counter("upserts");
    deletes = group.counter("deletes");
    buried = group.counter("upsertsAfterDelete");
    refused = group.counter("refused");
    retries = group.counter("retries");
    records = metrics.getNumRecordsSendCounter();
  }

  synchronized void written(int rows, int deleted, int leftOut) {
    upserts.inc(rows - deleted - leftOut);
    deletes.inc(deleted);
    buried.inc(leftOut);
    records.inc(rows);
  }

  synchronized void refused() {
    refused.inc();
  }

  synchronized void retried() {
    retries.inc();
  }
}
