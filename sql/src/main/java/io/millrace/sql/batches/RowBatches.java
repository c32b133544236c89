package io.millrace.sql.batches;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

  /** Held by the worker that gathers: the others wait for their turn. */
  private final ReentrantLock turn = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Wakes the worker that gathers: at the first request and when a batch is full, not at each
   * request between them, which would cost more than the requests.
   */
  private final Condition wanted = lock.newCondition();

  private List<Waiting<I, O>> queue = new ArrayList<>();
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
    lock.lock();
    try {
      queue.add(new Waiting<>(request, answer));
      if (queue.size() == 1 || queue.size() == most) {
        wanted.signal();
      }
    } finally {
      lock.unlock();
    }
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
    turn.lockInterruptibly();
    try {
      lock.lockInterruptibly();
      try {
        while (queue.isEmpty()) {
          wanted.await();
        }
        long deadline = System.nanoTime() + lingerNanos;
        int before = 0;
        while (queue.size() < most && queue.size() > before) {
          before = queue.size();
          long left = deadline - System.nanoTime();
          if (left > 0) {
            wanted.awaitNanos(Math.min(left, lingerNanos / 8));
          }
        }
        return taken();
      } finally {
        lock.unlock();
      }
    } finally {
      turn.unlock();
    }
  }

  /** The oldest requests, up to a batch. */
  private List<Waiting<I, O>> taken() {
    List<Waiting<I, O>> batch = queue;
    if (batch.size() <= most) {
      queue = new ArrayList<>(batch.size());
    } else {
      queue = new ArrayList<>(batch.subList(most, batch.size()));
      batch = new ArrayList<>(batch.subList(0, most));
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
    List<Waiting<I, O>> left;
    lock.lock();
    try {
      left = queue;
      queue = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    left.forEach(each -> each.answer().completeExceptionally(new CancellationException("closed")));
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
