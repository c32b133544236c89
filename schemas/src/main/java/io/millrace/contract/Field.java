package io.millrace.contract;

import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * One field of a contract.
 *
 * @param type nullable exactly when the field is not required
 * @param primaryKeyPosition place in the primary key, from 1; 0 for fields outside of it
 * @param classification for example {@code pii}
 * @param aliases other names under which producers send the field
 */
public record Field(
    String name,
    LogicalType type,
    boolean required,
    int primaryKeyPosition,
    Optional<String> classification,
    String description,
    List<String> aliases) {

  private static final String PII = "pii";

  public Field {
    aliases = List.copyOf(aliases);
  }

  /** A field with one name. */
  public Field(
      String name,
      LogicalType type,
      boolean required,
      int primaryKeyPosition,
      Optional<String> classification,
      String description) {
    this(name, type, required, primaryKeyPosition, classification, description, List.of());
  }

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

  /** Whether values of the field are about a person and must not be shown. */
  public boolean isPii() {
    return classification.filter(PII::equalsIgnoreCase).isPresent();
  }
}
