package io.millrace.features;

import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * A key that is in memory: its head, and what is known about its copy in Flink's state. One object,
 * so that there is one thing less to fetch for each row. See {@link WorkingSet}.
 *
 * <p>NOT thread safe.
 */
final class LiveKey extends Head {
  /** The entity, never changed: vectors refer to it. */
  final BinaryRowData entity;

  /** The first words of the entity, so that most comparisons look no further than here. */
  final long word0;

  final long word1;

  /** Of the entity, never 0. */
  final int hash;

  /** The hop for which the key waits in {@link HopWheel}, or {@link Head#NONE}. */
  long due = Head.NONE;

  /** Whether Flink's state does not hold what is here. */
  boolean dirty;

  /** Whether Flink's state holds anything of the key. */
  boolean stored;

  /**
   * Whether Flink's state shares what is here, and a snapshot may be reading it: nothing is to be
   * changed before {@link Head#unshare}.
   */
  boolean frozen;

  /** Whether it was used since the last look for keys to let go. */
  boolean used;

  /** Its share of what {@link WorkingSet} counts. */
  long bytes;

  /**
   * @param head what is kept of the key, which goes on as this object
   */
  LiveKey(BinaryRowData entity, long word0, long word1, int hash, Head head) {
    super(head);
    this.entity = entity;
    this.word0 = word0;
    this.word1 = word1;
    this.hash = hash;
  }

  /** Ends the use of this object, which may have a place in the wheel for some time yet. */
  void letGo() {
    due = Head.NONE;
    dirty = false;
    oldest = null;
    totals = null;
    few = null;
    blocks = null;
    occupied = null;
    changed = null;
    chunks = null;
    latest = null;
    oldestChunk = null;
  }
}
