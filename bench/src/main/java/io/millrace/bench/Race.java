package io.millrace.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One run of one contestant over some rides: how far it got and when. The source reports here;
 * Flink runs in this process.
 *
 * <p>Thread safe.
 */
final class Race {
  private static volatile Race current;

  private final Rides rides;
  private volatile int emitted;
  private volatile long firstNanos;
  private volatile long lastNanos;

  private Race(Rides rides) {
    this.rides = rides;
  }

  /** Starts a race that the next {@link RideSource} to open takes part in. */
  static Race start(Rides rides) {
    Race race = new Race(rides);
    current = race;
    return race;
  }

  static Race current() {
    return current;
  }

  Rides rides() {
    return rides;
  }

  void emitted(int count) {
    long now = System.nanoTime();
    if (firstNanos == 0) {
      firstNanos = now;
    }
    lastNanos = now;
    emitted = count;
  }

  boolean finished() {
    return emitted == rides.size();
  }

  /**
   * Waits until all rides were taken or the time is up.
   *
   * @return rides per second. What was taken in the first fifth of the time is left out when the
   *     time is up: it may lie in network buffers, untouched.
   */
  double eventsPerSecond(long budgetNanos, Runnable stillRunning) {
    while (firstNanos == 0) {
      pause(stillRunning);
    }
    int emittedEarly = 0;
    long early = firstNanos;
    while (!finished()) {
      long passed = System.nanoTime() - firstNanos;
      if (passed > budgetNanos) {
        return (emitted - emittedEarly) * 1e9 / (System.nanoTime() - early);
      }
      if (emittedEarly == 0 && passed > budgetNanos / 5) {
        emittedEarly = emitted;
        early = System.nanoTime();
      }
      pause(stillRunning);
    }
    return rides.size() * 1e9 / (lastNanos - firstNanos);
  }

  private static void pause(Runnable stillRunning) {
    stillRunning.run();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
  }
}
