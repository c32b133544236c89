package io.millrace.vectors;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * Writes points in batches, a few of them under way at once.
 *
 * <p>Of several changes of one point in a batch the newest travels. A batch that holds a point of
 * one under way waits for it. What Qdrant refuses goes to {@link RefusedPoints}, what it took is
 * told once it is acknowledged, both in the task's thread and soon. A Qdrant that is slow or away
 * holds the task back, up to its patience.
 */
final class QdrantWriter implements SinkWriter<EmbeddedRow> {

  /** How long a row waits for others. */
  private static final long LINGER_MILLIS = 100;

  private final QdrantSettings settings;
  private final QdrantAttempts attempts;
  private final ProcessingTimeService time;
  private final QdrantMetrics metrics;
  private final RefusedPoints refusedPoints;
  private final Consumer<EmbeddedRow> acknowledged;
  private final ExecutorService senders;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private Map<UUID, EmbeddedRow> filling = new LinkedHashMap<>();
  private boolean timerSet;
  private boolean closed;

  private record UnderWay(Map<UUID, EmbeddedRow> points, Future<QdrantAttempts.Outcome> outcome) {}

  /**
   * @param acknowledged takes the rows that Qdrant shows, or has deleted; of several changes of a
   *     point in a batch the last one, and none that a newer delete made void
   */
  QdrantWriter(
      QdrantAddress address,
      QdrantSettings settings,
      EmbeddingSchema schema,
      ProcessingTimeService time,
      SinkWriterMetricGroup metrics,
      RefusedPoints refusedPoints,
      Consumer<EmbeddedRow> acknowledged) {
    this.settings = settings;
    this.time = time;
    this.metrics = new QdrantMetrics(metrics);
    this.refusedPoints = refusedPoints;
    this.acknowledged = acknowledged;
    this.attempts =
        new QdrantAttempts(
            new QdrantLink(address),
            settings,
            schema,
            this.metrics,
            time::getCurrentProcessingTime);
    this.senders =
        Executors.newFixedThreadPool(
            settings.inFlight(),
            task -> {
              Thread thread = new Thread(task, "qdrant " + schema.collection());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void write(EmbeddedRow row, Context context) throws IOException, InterruptedException {
    EmbeddedRow other = filling.get(row.pointId());
    if (other == null || other.version() <= row.version()) {
      filling.put(row.pointId(), row);
    }
    if (filling.size() >= settings.batch()) {
      send();
    }
    setTimer();
  }

  private void setTimer() {
    if (!timerSet) {
      timerSet = true;
      time.registerTimer(time.getCurrentProcessingTime() + LINGER_MILLIS, now -> onTimer());
    }
  }

  private void onTimer() throws IOException, InterruptedException {
    timerSet = false;
    if (closed) {
      return;
    }
    if (!filling.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty() && underWay.peekFirst().outcome().isDone()) {
      awaitFirst();
    }
    if (!underWay.isEmpty()) {
      setTimer();
    }
  }

  private void send() throws IOException, InterruptedException {
    Map<UUID, EmbeddedRow> batch = filling;
    filling = new LinkedHashMap<>();
    while (underWay.size() >= settings.inFlight() || sharesAPoint(batch)) {
      awaitFirst();
    }
    underWay.add(new UnderWay(batch, senders.submit(() -> attempts.write(batch.values()))));
  }

  private boolean sharesAPoint(Map<UUID, EmbeddedRow> batch) {
    for (UnderWay other : underWay) {
      for (UUID point : batch.keySet()) {
        if (other.points().containsKey(point)) {
          return true;
        }
      }
    }
    return false;
  }

  private void awaitFirst() throws IOException, InterruptedException {
    UnderWay first = underWay.peekFirst();
    QdrantAttempts.Outcome outcome;
    try {
      outcome = first.outcome().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
    underWay.removeFirst();
    outcome.refused().forEach(refusedPoints::refused);
    boolean all = outcome.refused().isEmpty() && outcome.leftOut().isEmpty();
    for (EmbeddedRow row : first.points().values()) {
      if (all || !outcome.refused().containsKey(row) && !outcome.leftOut().contains(row)) {
        acknowledged.accept(row);
      }
    }
  }

  /** Returns when Qdrant has acknowledged everything that was written before. */
  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    if (!filling.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty()) {
      awaitFirst();
    }
    attempts.forgetOldDeletes();
    if (endOfInput) {
      attempts.endOfInput();
    }
  }

  @Override
  public void close() {
    closed = true;
    senders.shutdownNow();
    attempts.close();
  }
}
