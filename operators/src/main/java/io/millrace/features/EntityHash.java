package io.millrace.features;

import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;

/**
 * A hash of a row's entity, its first fields, in place of the entity itself where Flink sorts:
 * eight bytes that it compares at once, where it would read entities byte by byte. Two entities may
 * share a hash, and whoever gets them in a row tells them apart.
 */
final class EntityHash implements KeySelector<RowData, Integer> {
  private static final long serialVersionUID = 1L;

  /** All of the hash. */
  static final int WHOLE = -1;

  private final EntityKeySelector entity;
  private final int mask;
  private transient EntityReader reader;

  /**
   * @param mask bits of the hash that count, {@link #WHOLE} unless a test wants entities to share
   */
  EntityHash(EntityKeySelector entity, int mask) {
    this.entity = entity;
    this.mask = mask;
  }

  @Override
  public Integer getKey(RowData row) {
    if (reader == null) {
      reader = new EntityReader(entity);
    }
    reader.read(row);
    return reader.hash() & mask;
  }
}
