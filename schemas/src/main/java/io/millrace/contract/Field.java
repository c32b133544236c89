package io.millrace.contract;

import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * One field of a contract.
 *
 * @param type nullable exactly when the field is not required
 * @param classification for example {@code pii}
 */
public record Field(
    String name,
    LogicalType type,
    boolean required,
    boolean primaryKey,
    Optional<String> classification,
    String description) {}
