package io.millrace.online;

import io.millrace.records.FeatureVector;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes batches of vectors to Redis, one batch on its way while the next one fills.
 *
 * <p>Batches are acknowledged in the order in which they were sent. When anything fails, the
 * batches that were not acknowledged are sent again in that order over a new connection, one at a
 * time: so the last vector of an entity is also the last one written. All of it happens in the
 * task's thread; a Redis that is slow or away slows the task down.
 */
final class RedisFeatureWriter implements SinkWriter<FeatureVector> {

  private static final Logger LOG = LoggerFactory.getLogger(RedisFeatureWriter.class);

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final RedisAddress address;
  private final EntityLayout layout;
  private final RedisSinkSettings settings;
  private final ProcessingTimeService time;
  private final WriterMetrics metrics;
  private final RedisLink link;
  private final Deque<WriteBatch> unacknowledged = new ArrayDeque<>();
  private WriteBatch filling = new WriteBatch();
  private boolean connected;
  private boolean timerSet;
  private boolean closed;

  RedisFeatureWriter(
      RedisAddress address,
      EntityLayout layout,
      RedisSinkSettings settings,
      ProcessingTimeService time,
      WriterMetrics metrics) {
    this.address = address;
    this.layout = layout;
    this.settings = settings;
    this.time = time;
    this.metrics = metrics;
    link = new RedisLink(address, layout);
  }

  @Override
  public void write(FeatureVector vector, Context context)
      throws IOException, InterruptedException {
    if (!add(vector)) {
      return;
    }
    if (filling.size() >= settings.batchEntities()
        || filling.sizeInBytes() >= settings.batchBytes()) {
      send();
    }
    setTimer();
  }

  private boolean add(FeatureVector vector) {
    EntityWrite write;
    try {
      write = layout.encode(vector);
    } catch (IllegalArgumentException unkeyable) {
      metrics.skipped.inc();
      if (Long.bitCount(metrics.skipped.getCount()) == 1) {
        LOG.warn(
            "Skipped {} vectors so far: {}", metrics.skipped.getCount(), unkeyable.getMessage());
      }
      return false;
    }
    EntityWrite left = filling.add(write);
    if (left != null) {
      metrics.coalesced.inc();
      if (left.action() == EntityWrite.Action.REPLACE
          && write.action() == EntityWrite.Action.UPDATE) {
        // The replacement did not travel, so what comes instead of it has to replace.
        layout.forget(write.key());
        filling.add(layout.encode(vector));
      }
    }
    return true;
  }

  private void setTimer() {
    if (!timerSet) {
      timerSet = true;
      time.registerTimer(
          time.getCurrentProcessingTime() + settings.linger().toMillis(), now -> onTimer());
    }
  }

  private void onTimer() throws IOException, InterruptedException {
    timerSet = false;
    if (closed) {
      return;
    }
    if (filling.isEmpty()) {
      acknowledgeAll();
    } else {
      send();
      setTimer();
    }
  }

  /** Sends what has gathered, after the batch before it was acknowledged. */
  private void send() throws IOException, InterruptedException {
    WriteBatch batch = filling;
    filling = new WriteBatch();
    unacknowledged.add(batch);
    try {
      connect();
      link.send(batch);
      while (unacknowledged.size() > 1) {
        acknowledge(link.receive());
      }
    } catch (JedisException failure) {
      recover(failure);
    }
  }

  private void acknowledgeAll() throws IOException, InterruptedException {
    try {
      while (!unacknowledged.isEmpty()) {
        acknowledge(link.receive());
      }
    } catch (JedisException failure) {
      recover(failure);
    }
  }

  private void connect() {
    if (!connected) {
      link.open();
      connected = true;
    }
  }

  private void acknowledge(Map<List<EntityWrite>, Long> guarded) {
    WriteBatch batch = unacknowledged.removeFirst();
    long rejected = 0;
    for (Map.Entry<List<EntityWrite>, Long> call : guarded.entrySet()) {
      rejected += call.getValue();
      call.getKey().forEach(write -> layout.forget(write.key()));
    }
    metrics.acknowledged(batch, rejected, System.currentTimeMillis());
  }

  /** Returns when all batches are acknowledged. */
  private void recover(JedisException first) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Backoff backoff = new Backoff();
    JedisException last = first;
    int attempts = 0;
    while (!unacknowledged.isEmpty()) {
      connected = false;
      link.close();
      long leftMillis =
          settings.patience().toMillis() - (System.nanoTime() - start) / NANOS_PER_MILLI;
      if (!Outage.mayPass(last)) {
        throw new IOException(
            "%s refused a write: %s. %s".formatted(address, Outage.words(last), Outage.cure(last)),
            last);
      }
      if (leftMillis <= 0) {
        throw new IOException(
            "%s has not taken a write for %s (online_store.patience), in %d attempts, last: %s. See that it runs and can be reached, or raise the patience; nothing is lost, the job continues from its last checkpoint"
                .formatted(address, settings.patience(), attempts, Outage.words(last)),
            last);
      }
      if (attempts++ == 0) {
        LOG.warn(
            "{} failed, trying again for {}: {}", address, settings.patience(), Outage.words(last));
      }
      metrics.retries.inc();
      Thread.sleep(backoff.nextMillis(leftMillis));
      try {
        connect();
        while (!unacknowledged.isEmpty()) {
          link.send(unacknowledged.getFirst());
          acknowledge(link.receive());
        }
      } catch (JedisException failure) {
        last = failure;
      }
    }
    LOG.info("{} took the writes again, after {} attempts", address, attempts);
  }

  /** Returns when Redis has acknowledged every vector that was written before. */
  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    if (!filling.isEmpty()) {
      send();
    }
    acknowledgeAll();
  }

  @Override
  public void close() {
    closed = true;
    link.close();
  }
}
