package io.millrace.embedding;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Puts texts together and has them encoded beside the task's thread: a batch goes when it is full
 * or when its first text has waited long enough, and while fewer than the allowed number are under
 * way. Everything but the encoding happens on the task's thread.
 */
final class EncodingBatches implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final EmbeddingPlan plan;
  private final TextEncoder encoder;
  private final MailboxExecutor mailbox;
  private final ProcessingTimeService time;
  private final Completed completed;
  private final ExecutorService threads;
  private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
  private final Counter batches;
  private final Counter texts;
  private final Counter tokens;
  private final Counter truncated;
  private int running;
  private boolean timerSet;
  private boolean draining;

  /** Told of every change whose texts are all encoded. */
  interface Completed {
    void completed(Change change) throws Exception;
  }

  private record Piece(Change change, int index, long sinceMillis) {
    String text() {
      return change.texts.get(index);
    }
  }

  /**
   * @param encoder stays the caller's, and must be closed after this
   */
  EncodingBatches(
      EmbeddingPlan plan,
      TextEncoder encoder,
      MailboxExecutor mailbox,
      ProcessingTimeService time,
      MetricGroup metrics,
      Completed completed) {
    this.plan = plan;
    this.encoder = encoder;
    this.mailbox = mailbox;
    this.time = time;
    this.completed = completed;
    batches = metrics.counter("encodedBatches");
    texts = metrics.counter("encodedTexts");
    tokens = metrics.counter("encodedTokens");
    truncated = metrics.counter("truncatedTexts");
    threads =
        Executors.newFixedThreadPool(
            plan.batchesInFlight(),
            task -> {
              Thread thread = new Thread(task, "encoder of " + plan.schema().embedding());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Has all texts of a change encoded. */
  void add(Change change) {
    long now = time.getCurrentProcessingTime();
    for (int i = 0; i < change.texts.size(); i++) {
      waiting.add(new Piece(change, i, now));
    }
    submitWhatIsDue();
  }

  /** From now on no text waits for others. */
  void drain() {
    draining = true;
    submitWhatIsDue();
  }

  private void submitWhatIsDue() {
    while (running < plan.batchesInFlight() && !waiting.isEmpty()) {
      long dueMillis = waiting.peek().sinceMillis + plan.batchPatience().toMillis();
      boolean due =
          draining
              || waiting.size() >= plan.batchTexts()
              || dueMillis <= time.getCurrentProcessingTime();
      if (!due) {
        wakeAt(dueMillis);
        return;
      }
      submit();
    }
  }

  private void wakeAt(long timeMillis) {
    if (!timerSet) {
      timerSet = true;
      time.registerTimer(
          timeMillis,
          timestamp -> {
            timerSet = false;
            submitWhatIsDue();
          });
    }
  }

  private void submit() {
    List<Piece> batch = new ArrayList<>();
    while (batch.size() < plan.batchTexts() && !waiting.isEmpty()) {
      batch.add(waiting.poll());
    }
    running++;
    batches.inc();
    texts.inc(batch.size());
    List<String> content = batch.stream().map(Piece::text).toList();
    threads.execute(() -> encode(batch, content));
  }

  private void encode(List<Piece> batch, List<String> content) {
    try {
      List<Encoding> encodings = encodePatiently(content);
      mailbox.execute(() -> receive(batch, encodings), "texts were encoded");
    } catch (InterruptedException | RejectedExecutionException closing) {
      Thread.currentThread().interrupt();
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  private void fail(Throwable failure) {
    try {
      mailbox.execute(
          () -> {
            throw new IllegalStateException(
                "embedding %s: %s".formatted(plan.schema().embedding(), failure.getMessage()),
                failure);
          },
          "the encoder failed");
    } catch (RejectedExecutionException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tries again with growing pauses while the encoder is out of reach. */
  private List<Encoding> encodePatiently(List<String> content) throws InterruptedException {
    long beganNanos = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return encoder.encode(content, TextEncoder.Purpose.PASSAGE);
      } catch (EncoderUnavailableException unavailable) {
        if (System.nanoTime() - beganNanos + pause.toNanos() > plan.patience().toNanos()) {
          throw unavailable;
        }
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
  }

  private void receive(List<Piece> batch, List<Encoding> encodings) throws Exception {
    running--;
    submitWhatIsDue();
    for (int i = 0; i < batch.size(); i++) {
      Piece piece = batch.get(i);
      tokens.inc(encodings.get(i).tokens());
      if (encodings.get(i).truncated()) {
        truncated.inc();
      }
      if (piece.change.receive(piece.index, encodings.get(i))) {
        completed.completed(piece.change);
      }
    }
  }

  /** Gives up what is waiting, and waits for what is being encoded. */
  @Override
  public void close() throws InterruptedException {
    threads.shutdownNow();
    threads.awaitTermination(1, TimeUnit.MINUTES);
  }
}
