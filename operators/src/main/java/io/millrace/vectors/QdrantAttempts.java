package io.millrace.vectors;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches until they are written: outages are waited for up to the patience, a batch that is
 * refused is written point by point, so that only the points at fault are left. Thread safe.
 */
final class QdrantAttempts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QdrantAttempts.class);
  private static final long MOST_MILLIS_BETWEEN_FORGETTING = 3_600_000;

  /**
   * @param refused the rows whose points were not taken, and why
   * @param leftOut those that newer deletes made void
   */
  record Outcome(Map<EmbeddedRow, String> refused, Set<EmbeddedRow> leftOut) {

    private Outcome() {
      this(new LinkedHashMap<>(), Collections.newSetFromMap(new IdentityHashMap<>()));
    }
  }

  private final QdrantLink link;
  private final QdrantSettings settings;
  private final QdrantCollection collection;
  private final QdrantBatch batch;
  private final QdrantMetrics metrics;
  private final QdrantPatience patience;
  private final LongSupplier clock;
  private volatile boolean prepared;
  private boolean deferred;
  private long nextForgettingMillis = Long.MIN_VALUE;

  QdrantAttempts(
      QdrantLink link,
      QdrantSettings settings,
      EmbeddingSchema schema,
      QdrantMetrics metrics,
      LongSupplier clock) {
    this.clock = clock;
    this.link = link;
    this.settings = settings;
    this.metrics = metrics;
    this.patience =
        new QdrantPatience(
            link.address(), settings.patience(), schema.embedding(), metrics::retried);
    this.collection = new QdrantCollection(link, settings, schema);
    this.batch = new QdrantBatch(link, collection, schema, clock);
  }

  /**
   * @throws IOException when Qdrant was away longer than the patience, or a setting is wrong
   */
  Outcome write(Collection<EmbeddedRow> rows) throws IOException, InterruptedException {
    prepare(rows);
    Outcome outcome = new Outcome();
    write(rows, outcome);
    return outcome;
  }

  private void write(Collection<EmbeddedRow> rows, Outcome outcome)
      throws IOException, InterruptedException {
    try {
      List<EmbeddedRow> leftOut = patiently(() -> batch.write(rows));
      int deleted = (int) rows.stream().filter(EmbeddedRow::isDelete).count();
      metrics.written(rows.size(), deleted, leftOut.size());
      outcome.leftOut().addAll(leftOut);
    } catch (QdrantFailure failure) {
      if (rows.size() > 1) {
        for (EmbeddedRow row : rows) {
          write(List.of(row), outcome);
        }
        return;
      }
      metrics.refused();
      outcome
          .refused()
          .put(
              rows.iterator().next(),
              link.address() + " refused the point: " + failure.getMessage());
    }
  }

  /** The first upsert tells the model and the dimension of the collection. */
  private void prepare(Collection<EmbeddedRow> rows) throws IOException, InterruptedException {
    if (prepared) {
      return;
    }
    EmbeddedRow first = rows.stream().filter(row -> !row.isDelete()).findFirst().orElse(null);
    if (first == null) {
      prepareForDeletes();
      return;
    }
    synchronized (this) {
      if (prepared) {
        return;
      }
      try {
        patiently(
            () -> {
              collection.prepare(first.model(), first.vector().length);
              batch.lookForTombstones();
              if (settings.bulk() && !deferred) {
                collection.buildIndex(false);
                deferred = true;
              }
              return null;
            });
      } catch (QdrantFailure failure) {
        throw patience.setting(failure);
      }
      prepared = true;
    }
  }

  /** A delete before the first upsert needs the collections, whatever their model. */
  private void prepareForDeletes() throws IOException, InterruptedException {
    try {
      patiently(
          () -> {
            collection.prepareForDeletes();
            return null;
          });
    } catch (QdrantFailure failure) {
      throw patience.setting(failure);
    }
  }

  private <T> T patiently(QdrantPatience.Request<T> request)
      throws QdrantFailure, IOException, InterruptedException {
    return patience.send(request);
  }

  /**
   * Forgets deletes that are older than they are kept, now and then. It can wait: what fails is
   * tried the next time.
   */
  void forgetOldDeletes() throws InterruptedException {
    long keptMillis = settings.deletesKept().toMillis();
    long now = clock.getAsLong();
    if (keptMillis == 0 || !prepared || now < nextForgettingMillis) {
      return;
    }
    nextForgettingMillis = now + Math.min(MOST_MILLIS_BETWEEN_FORGETTING, keptMillis);
    try {
      batch.forgetDeletesBefore(now - keptMillis);
    } catch (QdrantFailure failure) {
      LOG.warn("{} did not forget old deletes: {}", link.address(), failure.getMessage());
    }
  }

  /** Builds the vector index that a bulk load put off. */
  void endOfInput() throws IOException, InterruptedException {
    if (!deferred) {
      return;
    }
    try {
      patiently(
          () -> {
            collection.buildIndex(true);
            return null;
          });
    } catch (QdrantFailure failure) {
      throw patience.setting(failure);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
