package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/** Polls Redis until each expected event shows, and notes how long that took. */
final class FreshnessProbe implements Runnable {
  private record Expected(String redisKey, long sequence, long sentNanos) {}

  private final int port;
  private final Queue<Expected> fresh = new ConcurrentLinkedQueue<>();
  private final List<Expected> waiting = new ArrayList<>();
  private final List<Double> latenciesMillis = new ArrayList<>();
  private volatile long deadlineNanos = Long.MAX_VALUE;

  FreshnessProbe(int port) {
    this.port = port;
  }

  void expect(String sensor, long sequence, long sentNanos) {
    fresh.add(new Expected("millrace:freshness:sensors:" + sensor, sequence, sentNanos));
  }

  /** Waits for what is still expected, but not longer than this. */
  void finish(Duration patience) {
    deadlineNanos = System.nanoTime() + patience.toNanos();
  }

  /** Events that have not shown; read it after the thread has ended. */
  int outstanding() {
    return waiting.size() + fresh.size();
  }

  /** Read it after the thread has ended. */
  double[] latenciesMillis() {
    return latenciesMillis.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Override
  public void run() {
    try (Jedis redis = new Jedis("127.0.0.1", port)) {
      while (deadlineNanos == Long.MAX_VALUE
          || (outstanding() > 0 && System.nanoTime() < deadlineNanos)) {
        for (Expected next = fresh.poll(); next != null; next = fresh.poll()) {
          waiting.add(next);
        }
        if (!waiting.isEmpty()) {
          poll(redis);
        }
        LockSupport.parkNanos(200_000);
      }
    }
  }

  private void poll(Jedis redis) {
    List<Response<String>> answers = new ArrayList<>(waiting.size());
    try (Pipeline pipeline = redis.pipelined()) {
      for (Expected expected : waiting) {
        answers.add(pipeline.hget(expected.redisKey(), "newest"));
      }
    }
    long now = System.nanoTime();
    Iterator<Response<String>> answer = answers.iterator();
    waiting.removeIf(
        expected -> {
          String newest = answer.next().get();
          boolean seen = newest != null && Long.parseLong(newest) >= expected.sequence();
          if (seen) {
            latenciesMillis.add((now - expected.sentNanos()) / 1e6);
          }
          return seen;
        });
  }
}
