package io.millrace.online;

import io.millrace.delivery.Backoff;
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
 * time: so the last vector of an entity is also the last one written. A vector that Redis does not
 * take (its key holds something else, it is too large) goes to {@link RefusedVectors}, and the
 * others of its batch are written one by one. All of it happens in the task's thread; a Redis that
 * is slow or away slows the task down.
 */
final class RedisFeatureWriter implements SinkWriter<FeatureVector> {

  private static final Logger LOG = LoggerFactory.getLogger(RedisFeatureWriter.class);

  private final RedisAddress address;
  private final EntityLayout layout;
  private final RedisSinkSettings settings;
  private final ProcessingTimeService time;
  private final WriterMetrics metrics;
  private final RefusedVectors refusedVectors;
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
      WriterMetrics metrics,
      RefusedVectors refusedVectors) {
    this.address = address;
    this.layout = layout;
    this.settings = settings;
    this.time = time;
    this.metrics = metrics;
    this.refusedVectors = refusedVectors;
    link = new RedisLink(address, layout);
  }

  /** What was counted since the writer was made. */
  WriterMetrics metrics() {
    return metrics;
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
    if (write.sizeInBytes() > settings.maxEntityBytes()) {
      layout.forget(write.key());
      metrics.refused.inc();
      refuse(
          write,
          "%d bytes where one entity may have at most %d"
              .formatted(write.sizeInBytes(), settings.maxEntityBytes()),
          "make the view's lists and texts shorter");
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

  private void acknowledge(RedisLink.Answer answer) {
    WriteBatch batch = unacknowledged.removeFirst();
    long rejected = 0;
    for (Map.Entry<List<EntityWrite>, Long> call : answer.guarded().entrySet()) {
      rejected += call.getValue();
      call.getKey().forEach(write -> layout.forget(write.key()));
    }
    metrics.acknowledged(batch, rejected, answer.refused().size(), System.currentTimeMillis());
    answer
        .refused()
        .forEach(
            (write, failure) -> {
              layout.forget(write.key());
              refuse(write, Outage.words(failure), Outage.cure(failure));
            });
  }

  private void refuse(EntityWrite write, String why, String cure) {
    refusedVectors.refused(write.vector(), write.key(), address + " refused it: " + why, cure);
    long refused = metrics.refused.getCount();
    if (Long.bitCount(refused) == 1) {
      LOG.warn("{} refused {} vectors so far, the last one: {}. {}", address, refused, why, cure);
    }
  }

  /** Returns when all batches are acknowledged. */
  private void recover(JedisException first) throws IOException, InterruptedException {
    Backoff backoff = new Backoff(settings.patience());
    JedisException last = first;
    int attempts = 0;
    boolean oneByOne = false;
    while (!unacknowledged.isEmpty()) {
      connected = false;
      link.close();
      if (!oneByOne && Outage.isOfOneEntity(last)) {
        // The others of its batch are to be written; nothing is out of order, so there is no wait.
        oneByOne = true;
        last = resend(true, last);
        continue;
      }
      if (!Outage.mayPass(last)) {
        throw new IOException(
            "%s refused a write: %s. %s".formatted(address, Outage.words(last), Outage.cure(last)),
            last);
      }
      if (backoff.isOver()) {
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
      backoff.pause();
      last = resend(oneByOne, last);
    }
    if (attempts > 0) {
      LOG.info("{} took the writes again, after {} attempts", address, attempts);
    }
  }

  /** Returns what went wrong; {@code last} when nothing did. */
  private JedisException resend(boolean oneByOne, JedisException last) {
    try {
      connect();
      while (!unacknowledged.isEmpty()) {
        if (oneByOne) {
          link.sendOneByOne(unacknowledged.getFirst());
        } else {
          link.send(unacknowledged.getFirst());
        }
        acknowledge(link.receive());
      }
      return last;
    } catch (JedisException failure) {
      return failure;
    }
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
