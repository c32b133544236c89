package io.millrace.features;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * Turns to the history of the entity of one row after another, where rows come by {@link
 * EntityHash} and those of one hash together, as a batch execution hands them over. Kept is the
 * history of one entity, on the heap, or of the few that share a hash:
 *
 * <pre>
 *   state    key     grows with                              cleared when
 *   history  entity  tiles of the widest window (latest:     the next entity begins
 *                    one row)
 * </pre>
 *
 * <p>NOT thread safe.
 */
final class EntityHistories {
  private final HistoryFactory factory;
  private final int hashMask;
  private final Ended ended;
  private final EntityReader entity;

  /** Other entities of the same hash, hardly ever any, with their histories. */
  private final Map<BinaryRowData, KeyHistory> sharing = new HashMap<>();

  private KeyHistory history;
  private BinaryRowData current;
  private int currentHash;

  /** Makes the history that fits a view. */
  interface HistoryFactory extends java.io.Serializable {
    KeyHistory create();
  }

  /** Told of an entity when all of its rows have come. */
  interface Ended {
    /**
     * @param entity may be kept
     * @param history of the entity, which is used for another one afterwards
     */
    void accept(BinaryRowData entity, KeyHistory history) throws Exception;
  }

  /**
   * @param hashMask as of {@link EntityHash}
   */
  EntityHistories(EntityKeySelector selector, HistoryFactory factory, int hashMask, Ended ended) {
    this.factory = factory;
    this.hashMask = hashMask;
    this.ended = ended;
    entity = new EntityReader(selector);
    history = factory.create();
  }

  /** The history of a row's entity, begun where it has none yet. */
  KeyHistory turnTo(RowData row) throws Exception {
    entity.read(row);
    if (current != null && entity.matches(current)) {
      return history;
    }
    BinaryRowData next = entity.copy();
    int hash = entity.hash() & hashMask;
    if (current == null || hash != currentHash) {
      end();
      history.begin();
    } else {
      sharing.put(current, history);
      history = sharing.remove(next);
      if (history == null) {
        history = factory.create();
        history.begin();
      }
    }
    current = next;
    currentHash = hash;
    return history;
  }

  /** Ends the entities that were not ended yet. */
  void end() throws Exception {
    if (current == null) {
      return;
    }
    ended.accept(current, history);
    for (Map.Entry<BinaryRowData, KeyHistory> other : sharing.entrySet()) {
      ended.accept(other.getKey(), other.getValue());
    }
    sharing.clear();
    current = null;
  }
}
