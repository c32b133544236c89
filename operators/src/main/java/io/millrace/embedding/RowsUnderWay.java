package io.millrace.embedding;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.table.data.RowData;

/**
 * The rows that an {@link EmbeddingOperator} has taken and not finished: those of one key follow
 * one another, those of different keys may overtake, and no watermark overtakes a row. Used by the
 * task's thread only.
 */
final class RowsUnderWay {

  /** Takes a watermark whose rows are all finished. */
  interface Watermarks {
    void pass(Watermark watermark) throws Exception;
  }

  /** A watermark that follows the rows before this sequence number. */
  private record Held(long sequence, Watermark watermark) {}

  /** The first of each key is being encoded, the others wait for it. */
  private final Map<RowData, ArrayDeque<Change>> byKey = new HashMap<>();

  private final TreeSet<Long> sequences = new TreeSet<>();
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final Watermarks watermarks;
  private long nextSequence;

  RowsUnderWay(Watermarks watermarks) {
    this.watermarks = watermarks;
  }

  int count() {
    return sequences.size();
  }

  boolean isEmpty() {
    return sequences.isEmpty();
  }

  /** A row that is under way from now on. */
  Change take(RowData key, RowData row, long timeMillis) {
    Change change = new Change(key, row, timeMillis, nextSequence++);
    sequences.add(change.sequence);
    return change;
  }

  /** Lets a row wait if another one of its key is being encoded; returns whether it does. */
  boolean waits(Change change) {
    ArrayDeque<Change> ofKey = byKey.get(change.key);
    if (ofKey == null) {
      return false;
    }
    ofKey.add(change);
    return true;
  }

  /** Later rows of the key wait for this one. */
  void encoding(Change change) {
    ArrayDeque<Change> ofKey = new ArrayDeque<>(1);
    ofKey.add(change);
    byKey.put(change.key, ofKey);
  }

  /**
   * Ends the first row of a key.
   *
   * @return the one that waited behind it; null when none did
   */
  Change next(RowData key) {
    ArrayDeque<Change> ofKey = byKey.get(key);
    ofKey.poll();
    if (ofKey.isEmpty()) {
      byKey.remove(key);
    }
    return ofKey.peek();
  }

  /** Finishes a row; watermarks that waited for it pass. */
  void finish(Change change) throws Exception {
    sequences.remove(change.sequence);
    while (!held.isEmpty() && (isEmpty() || sequences.first() >= held.peek().sequence)) {
      watermarks.pass(held.poll().watermark);
    }
  }

  /** Passes a watermark on, once the rows before it are finished. */
  void follow(Watermark watermark) throws Exception {
    if (isEmpty()) {
      watermarks.pass(watermark);
    } else {
      held.add(new Held(nextSequence, watermark));
    }
  }

  /** Every key that has rows that are not finished, with those rows in their order. */
  void forEachKey(BiConsumer<RowData, Iterable<Change>> rows) {
    byKey.forEach(rows::accept);
  }
}
