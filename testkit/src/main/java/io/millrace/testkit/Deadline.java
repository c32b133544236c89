package io.millrace.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waiting for a condition, never for a time. */
public final class Deadline {

  private static final Duration POLL = Duration.ofMillis(10);

  private Deadline() {}

  /**
   * Returns as soon as {@code condition} holds; an exception thrown by it counts as "not yet".
   *
   * @param what completes the sentence "waited 10 s for ..."
   * @throws IllegalStateException after {@code patience}, with the last exception as its cause
   */
  public static void await(Duration patience, String what, Callable<Boolean> condition) {
    await(patience, () -> what, condition);
  }

  /** As above, with words that are made when they are needed, for example with the last value. */
  public static void await(Duration patience, Supplier<String> what, Callable<Boolean> condition) {
    await(patience, what, POLL, condition);
  }

  /** As above, asking again after {@code poll}: for conditions that are not cheap. */
  public static void await(
      Duration patience, Supplier<String> what, Duration poll, Callable<Boolean> condition) {
    long end = System.nanoTime() + patience.toNanos();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what.get(), interrupted);
      } catch (Exception notYet) {
        last = notYet;
      }
      LockSupport.parkNanos(poll.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for " + what.get());
      }
    } while (System.nanoTime() < end);
    throw new IllegalStateException(
        "waited %.1f s for %s".formatted(patience.toMillis() / 1000.0, what.get()), last);
  }
}
