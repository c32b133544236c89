package io.millrace.vectors;

import io.millrace.delivery.Backoff;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests until they are answered: what passes by itself is waited for, with growing pauses,
 * up to the patience. Thread safe.
 */
final class QdrantPatience {

  private static final Logger LOG = LoggerFactory.getLogger(QdrantPatience.class);

  /** What is sent, and sent again. */
  @FunctionalInterface
  interface Request<T> {
    T send() throws QdrantFailure, InterruptedException;
  }

  private final QdrantAddress address;
  private final Duration patience;
  private final String setting;
  private final Runnable retried;

  /**
   * @param embedding whose setting the patience is
   * @param retried is told before a request is sent again; from any thread
   */
  QdrantPatience(QdrantAddress address, Duration patience, String embedding, Runnable retried) {
    this(address, patience, retried, "embeddings." + embedding + ".qdrant.patience");
  }

  private QdrantPatience(
      QdrantAddress address, Duration patience, Runnable retried, String setting) {
    this.address = address;
    this.patience = patience;
    this.retried = retried;
    this.setting = setting;
  }

  /** For those who only read, and set their patience by an option of that name. */
  static QdrantPatience reading(QdrantAddress address, Duration patience) {
    return new QdrantPatience(address, patience, () -> {}, "patience");
  }

  /**
   * @throws QdrantFailure of kind REFUSED
   * @throws IOException when Qdrant was away longer than the patience, or a setting is wrong
   */
  <T> T send(Request<T> request) throws QdrantFailure, IOException, InterruptedException {
    try {
      return answer(request);
    } catch (QdrantFailure failure) {
      if (failure.kind() == QdrantFailure.Kind.SETTING) {
        throw setting(failure);
      }
      if (failure.kind() == QdrantFailure.Kind.NOT_FOUND) {
        throw new IOException(
            "%s: %s. The collection was removed while the job ran; restart the job, which creates it, and send the rows again"
                .formatted(address, failure.getMessage()),
            failure);
      }
      throw failure;
    }
  }

  /**
   * @throws QdrantFailure of any kind but OUTAGE
   * @throws IOException when Qdrant was away longer than the patience
   */
  <T> T answer(Request<T> request) throws QdrantFailure, IOException, InterruptedException {
    Backoff backoff = new Backoff(patience);
    int failed = 0;
    while (true) {
      QdrantFailure failure;
      try {
        T answer = request.send();
        if (failed > 0) {
          LOG.info("{} took the request again, after {} attempts", address, failed);
        }
        return answer;
      } catch (QdrantFailure e) {
        failure = e;
      }
      if (failure.kind() != QdrantFailure.Kind.OUTAGE) {
        throw failure;
      }
      if (backoff.isOver()) {
        throw new IOException(
            "%s has not answered for %s (%s), in %d attempts, last: %s. See that it runs and can be reached, or raise the patience; nothing is lost, the job continues from its last checkpoint"
                .formatted(address, patience, setting, failed + 1, failure.getMessage()),
            failure);
      }
      if (failed++ == 0) {
        LOG.warn("{} failed, trying again for {}: {}", address, patience, failure.getMessage());
      }
      retried.run();
      backoff.pause();
    }
  }

  /** A failure that somebody has to change a setting for. */
  IOException setting(QdrantFailure failure) {
    return new IOException(address + ": " + failure.getMessage(), failure);
  }
}
