package io.millrace.sql.qdrant;

import io.millrace.sql.batches.RowBatches;
import io.millrace.vectors.PointReader;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Requests to a collection in batches, a few of which are under way at once. Thread safe.
 *
 * @param <I> a request
 * @param <O> its answer
 */
final class PointBatches<I, O> implements AutoCloseable {

  /**
   * What a TaskManager needs for it.
   *
   * @param batch most requests in a batch
   * @param inFlight batches that are under way at once
   * @param linger how long a request may wait for others
   */
  record Settings(QdrantAccess access, int batch, int inFlight, Duration linger)
      implements Serializable {}

  /** Asks the collection for a batch. */
  interface Question<I, O> {

    /**
     * The answers, in the order of the requests.
     *
     * @throws IllegalArgumentException for what is not mended by a restart
     */
    List<O> ask(PointReader reader, List<I> requests) throws IOException, InterruptedException;
  }

  private final PointReader reader;
  private final RowBatches<I, O> batches;

  /**
   * @param name of the threads
   */
  PointBatches(String name, Settings settings, Question<I, O> question)
      throws IOException, InterruptedException {
    reader = settings.access().open();
    RowBatches.Worker<I, O> worker = requests -> answer(question, requests);
    batches =
        new RowBatches<>(
            name,
            settings.batch(),
            settings.linger(),
            Collections.nCopies(settings.inFlight(), worker));
  }

  private List<O> answer(Question<I, O> question, List<I> requests)
      throws IOException, InterruptedException {
    try {
      return question.ask(reader, requests);
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    }
  }

  /** Asks; the answer comes on another thread. */
  CompletableFuture<O> ask(I request) {
    return batches.ask(request);
  }

  @Override
  public void close() throws InterruptedException {
    try {
      batches.close();
    } finally {
      reader.close();
    }
  }
}
