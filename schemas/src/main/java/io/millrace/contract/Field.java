package io.millrace.contract;

import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * One field of a contract.
 *
 * @param type nullable exactly when the field is not required
 * @param primaryKeyPosition place in the primary key, from 1; 0 for fields outside of it
 * @param classification for example {@code pii}
 */
public record Field(
    String name,
    LogicalType type,
    boolean required,
    int primaryKeyPosition,
    Optional<String> classification,
    String description) {

  /** A field that is the whole primary key, or no part of it. */
  public Field(
      String name,
      LogicalType type,
      boolean required,
      boolean primaryKey,
      Optional<String> classification,
      String description) {
    this(name, type, required, primaryKey ? 1 : 0, classification, description);
  }

  public boolean primaryKey() {
    return primaryKeyPosition > 0;
  }
}
