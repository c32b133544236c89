package io.millrace.sql.batches;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Gathers requests that come one by one into batches. A batch leaves when it is full, when nothing
 * more came for an eighth of the linger, or when its first request is as old as the linger. While
 * all workers are busy, requests gather by themselves.
 *
 * <p>What waits is bounded by the caller: Flink's asynchronous operators let {@code
 * max-concurrent-operations} (lookups: {@code table.exec.async-lookup.buffer-capacity}) requests be
 * under way, and a batch never holds more.
 *
 * <p>Thread safe.
 *
 * @param <I> a request
 * @param <O> its answer
 */
public final class RowBatches<I, O> implements AutoCloseable {

  private static final long PATIENCE_OF_CLOSING_MILLIS = 10_000;

  /** Answers batches, on a thread of its own. */
  public interface Worker<I, O> extends AutoCloseable {

    /**
     * The answers, in the order of the requests.
     *
     * @throws Exception fails all requests of the batch
     */
    List<O> answer(List<I> requests) throws Exception;

    /** Called once, after the last batch. */
    @Override
    default void close() throws Exception {}
  }

  private record Waiting<I, O>(I request, CompletableFuture<O> answer) {}

  private final int most;
  private final long lingerNanos;
  private final BlockingQueue<Waiting<I, O>> queue = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param name of the threads
   * @param most requests in a batch
   * @param workers each gets a thread, and is closed with this
   */
  public RowBatches(String name, int most, Duration linger, List<? extends Worker<I, O>> workers) {
    this.most = most;
    this.lingerNanos = linger.toNanos();
    for (Worker<I, O> worker : workers) {
      Thread thread = new Thread(() -> work(worker), name);
      thread.setDaemon(true);
      thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /** Asks; the answer comes on a worker's thread. */
  public CompletableFuture<O> ask(I request) {
    CompletableFuture<O> answer = new CompletableFuture<>();
    queue.add(new Waiting<>(request, answer));
    if (closed) {
      giveUpWaiting();
    }
    return answer;
  }

  private void work(Worker<I, O> worker) {
    try (worker) {
      while (!closed) {
        answer(worker, gather());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("a worker cannot be closed", e);
    }
  }

  private List<Waiting<I, O>> gather() throws InterruptedException {
    List<Waiting<I, O>> batch = new ArrayList<>();
    batch.add(queue.take());
    long deadline = System.nanoTime() + lingerNanos;
    long pause = lingerNanos / 8;
    queue.drainTo(batch, most - batch.size());
    while (batch.size() < most) {
      long left = deadline - System.nanoTime();
      Waiting<I, O> next =
          left <= 0 ? null : queue.poll(Math.min(left, pause), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      batch.add(next);
      queue.drainTo(batch, most - batch.size());
    }
    return batch;
  }

  private void answer(Worker<I, O> worker, List<Waiting<I, O>> batch) throws InterruptedException {
    List<O> answers;
    try {
      List<I> requests = new ArrayList<>(batch.size());
      batch.forEach(each -> requests.add(each.request()));
      answers = worker.answer(requests);
      if (answers.size() != batch.size()) {
        throw new IllegalStateException(
            "%d answers to %d requests".formatted(answers.size(), batch.size()));
      }
    } catch (InterruptedException e) {
      batch.forEach(each -> each.answer().cancel(false));
      throw e;
    } catch (Throwable failure) {
      batch.forEach(each -> each.answer().completeExceptionally(failure));
      return;
    }
    for (int i = 0; i < answers.size(); i++) {
      batch.get(i).answer().complete(answers.get(i));
    }
  }

  private void giveUpWaiting() {
    for (Waiting<I, O> each = queue.poll(); each != null; each = queue.poll()) {
      each.answer().completeExceptionally(new CancellationException("closed"));
    }
  }

  /** Interrupts what is under way, and waits for the workers to end. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join(PATIENCE_OF_CLOSING_MILLIS);
    }
    giveUpWaiting();
  }
}
