package io.millrace.features;

import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * A key that is in memory: its head as a plain object, and what is known about its copy in Flink's
 * state. See {@link WorkingSet}.
 *
 * <p>NOT thread safe.
 */
final class LiveKey {
  /** The entity, never changed: vectors refer to it. */
  final BinaryRowData entity;

  /** The first words of the entity, so that most comparisons look no further than here. */
  final long word0;

  final long word1;

  /** Of the entity, never 0. */
  final int hash;

  /** What the engine keeps of the key; null when the key has left memory. */
  Head head;

  /** The hop for which the key waits in {@link HopWheel}, or {@link Head#NONE}. */
  long due = Head.NONE;

  /** Whether Flink's state does not hold what the head holds. */
  boolean dirty;

  /** Whether Flink's state holds anything of the key. */
  boolean stored;

  /** Whether it was used since the last look for keys to let go. */
  boolean used;

  /** Its share of what {@link WorkingSet} counts. */
  long bytes;

  LiveKey(BinaryRowData entity, long word0, long word1, int hash) {
    this.entity = entity;
    this.word0 = word0;
    this.word1 = word1;
    this.hash = hash;
  }
}
