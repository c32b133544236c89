package io.millrace.embedding;

import io.millrace.embedding.cache.CachingEncoder;
import io.millrace.embedding.remote.RemoteEncoder;
import io.millrace.embedding.remote.StandInEncoder;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What an {@link EmbeddingOperator} counts. */
final class EmbeddingCounts {
  /** Rows whose text was encoded, or found in a cache. */
  final Counter embedded;

  /** Rows that say what their points show already. */
  final Counter unchanged;

  /** Rows with the text they had and another payload. */
  final Counter payloadOnly;

  final Counter deleted;

  /** Rows without a text. */
  final Counter empty;

  /** Rows that became dead letters. */
  final Counter refused;

  /** Rows older than the newest of their key. */
  final Counter superseded;

  final Counter untimed;

  EmbeddingCounts(MetricGroup metrics, Supplier<Integer> underWay, TextEncoder encoder) {
    embedded = metrics.counter("embeddedRows");
    unchanged = metrics.counter("unchangedRows");
    payloadOnly = metrics.counter("payloadOnlyRows");
    deleted = metrics.counter("deletedRows");
    empty = metrics.counter("rowsWithoutText");
    refused = metrics.counter("refusedRows");
    superseded = metrics.counter("supersededRows");
    untimed = metrics.counter("rowsWithoutTime");
    metrics.gauge("rowsUnderWay", (Gauge<Integer>) underWay::get);
    addEncoder(metrics, encoder);
  }

  private static void addEncoder(MetricGroup metrics, TextEncoder encoder) {
    if (encoder instanceof CachingEncoder caching) {
      metrics.gauge("cacheHits", (Gauge<Long>) caching::memoryHits);
      metrics.gauge("redisCacheHits", (Gauge<Long>) caching::redisHits);
      metrics.gauge("cacheMisses", (Gauge<Long>) caching::misses);
      addEncoder(metrics, caching.encoder());
    } else if (encoder instanceof StandInEncoder both) {
      metrics.gauge("standIns", (Gauge<Long>) both::standIns);
      addEncoder(metrics, both.first());
      addEncoder(metrics, both.second());
    } else if (encoder instanceof RemoteEncoder remote) {
      metrics.gauge("remoteRequests", (Gauge<Long>) remote::requests);
      metrics.gauge("remoteTokens", (Gauge<Long>) remote::tokens);
      metrics.gauge("remoteCost", (Gauge<Double>) remote::cost);
    }
  }
}
