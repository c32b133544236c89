package io.millrace.features;

import java.io.Serializable;

/**
 * How much memory the keys of one view may take on one subtask. Beyond it keys are let go: written
 * to Flink's state, and read again when they are next needed.
 *
 * <p>Counted are totals and tiles at the size of their cells, and what Java adds to a key and its
 * tiles; the objects of cells (texts, sketches) are estimated. Where Flink keeps state as objects
 * on the heap anyway, keys in memory share these objects and are not let go.
 *
 * @param bytes not negative; however small, the key that is being worked on stays in memory
 */
public record WorkingMemory(long bytes) implements Serializable {
  public static final WorkingMemory DEFAULT = new WorkingMemory(64L << 20);

  /** What a key takes beside its cells: its head, references, its places in table and wheel. */
  private static final int BYTES_OF_KEY = 600;

  /** What a tile takes beside its cells: most keys have one or two to a chunk. */
  private static final int BYTES_OF_TILE = 80;

  /** What an object of a cell may take: most sketches are small in most tiles. */
  private static final int BYTES_OF_OBJECT = 256;

  /** RocksDB takes some 10 us to write a key, so that a snapshot waits for less than 0.1 s. */
  private static final int CHANGED_KEYS = 1 << 13;

  public WorkingMemory {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          "working memory of " + bytes + " bytes: give 0 or more, the default is " + DEFAULT.bytes);
    }
  }

  /**
   * How many changed keys a snapshot may find: it writes them before its barrier goes on. Beyond
   * that the key that changed first is written while rows go on.
   */
  int changedKeys(StateShape shape) {
    return (int) Math.max(1, Math.min(CHANGED_KEYS, bytes / bytesOfKey(shape)));
  }

  /** What a key takes apart from its tiles. */
  static int bytesOfKey(StateShape shape) {
    return BYTES_OF_KEY + shape.totals() * bytesOfCell(shape);
  }

  /** What a tile takes. */
  static int bytesOfTile(StateShape shape) {
    return BYTES_OF_TILE + bytesOfCell(shape);
  }

  private static int bytesOfCell(StateShape shape) {
    return shape.layout().words() * Long.BYTES + shape.layout().objects() * BYTES_OF_OBJECT;
  }
}
