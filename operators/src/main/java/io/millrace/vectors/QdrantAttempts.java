package io.millrace.vectors;

import io.millrace.delivery.Backoff;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches until they are written: outages are waited for up to the patience, a batch that is
 * refused is written point by point, so that only the points at fault are left. Thread safe.
 */
final class QdrantAttempts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QdrantAttempts.class);

  private static final long NANOS_PER_MILLI = 1_000_000L;

  /**
   * @param refused the rows whose points were not taken, and why
   */
  record Outcome(Map<EmbeddedRow, String> refused) {}

  private interface Request<T> {
    T send() throws QdrantFailure, InterruptedException;
  }

  private final QdrantLink link;
  private final QdrantSettings settings;
  private final QdrantCollection collection;
  private final QdrantBatch batch;
  private final QdrantMetrics metrics;
  private final String embedding;
  private volatile boolean prepared;
  private boolean deferred;

  QdrantAttempts(
      QdrantLink link, QdrantSettings settings, EmbeddingSchema schema, QdrantMetrics metrics) {
    this.link = link;
    this.settings = settings;
    this.metrics = metrics;
    this.embedding = schema.embedding();
    this.collection = new QdrantCollection(link, settings, schema);
    this.batch = new QdrantBatch(link, collection, schema);
  }

  /**
   * @throws IOException when Qdrant was away longer than the patience, or a setting is wrong
   */
  Outcome write(Collection<EmbeddedRow> rows) throws IOException, InterruptedException {
    prepare(rows);
    Map<EmbeddedRow, String> refused = new LinkedHashMap<>();
    write(rows, refused);
    return new Outcome(refused);
  }

  private void write(Collection<EmbeddedRow> rows, Map<EmbeddedRow, String> refused)
      throws IOException, InterruptedException {
    try {
      int leftOut = patiently(() -> batch.write(rows));
      int deleted = (int) rows.stream().filter(EmbeddedRow::isDelete).count();
      metrics.written(rows.size(), deleted, leftOut);
    } catch (QdrantFailure failure) {
      if (rows.size() > 1) {
        for (EmbeddedRow row : rows) {
          write(List.of(row), refused);
        }
        return;
      }
      metrics.refused();
      refused.put(
          rows.iterator().next(), link.address() + " refused the point: " + failure.getMessage());
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
        throw setting(failure);
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
      throw setting(failure);
    }
  }

  /**
   * @throws QdrantFailure of kind REFUSED
   */
  private <T> T patiently(Request<T> request)
      throws QdrantFailure, IOException, InterruptedException {
    long start = System.nanoTime();
    Backoff backoff = new Backoff();
    int failed = 0;
    while (true) {
      QdrantFailure failure;
      try {
        T answer = request.send();
        if (failed > 0) {
          LOG.info("{} took the request again, after {} attempts", link.address(), failed);
        }
        return answer;
      } catch (QdrantFailure e) {
        failure = e;
      }
      if (failure.kind() == QdrantFailure.Kind.REFUSED) {
        throw failure;
      }
      if (failure.kind() == QdrantFailure.Kind.SETTING) {
        throw setting(failure);
      }
      if (failure.kind() == QdrantFailure.Kind.NOT_FOUND) {
        throw new IOException(
            "%s: %s. The collection was removed while the job ran; restart the job, which creates it, and send the rows again"
                .formatted(link.address(), failure.getMessage()),
            failure);
      }
      long leftMillis =
          settings.patience().toMillis() - (System.nanoTime() - start) / NANOS_PER_MILLI;
      if (leftMillis <= 0) {
        throw new IOException(
            "%s has not answered for %s (embeddings.%s.qdrant.patience), in %d attempts, last: %s. See that it runs and can be reached, or raise the patience; nothing is lost, the job continues from its last checkpoint"
                .formatted(
                    link.address(),
                    settings.patience(),
                    embedding,
                    failed + 1,
                    failure.getMessage()),
            failure);
      }
      if (failed++ == 0) {
        LOG.warn(
            "{} failed, trying again for {}: {}",
            link.address(),
            settings.patience(),
            failure.getMessage());
      }
      metrics.retried();
      Thread.sleep(backoff.nextMillis(leftMillis));
    }
  }

  private IOException setting(QdrantFailure failure) {
    return new IOException(link.address() + ": " + failure.getMessage(), failure);
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
      throw setting(failure);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
