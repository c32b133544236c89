package io.millrace.matching;

import io.millrace.inference.FieldEvidence;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A field that vanished or appeared.
 *
 * @param declared its type by the contract; empty for one that no contract knows, whose type is
 *     then inferred
 * @param evidence of its values; {@link FieldEvidence#none()} when there are none
 */
public record FieldCandidate(String name, Optional<LogicalType> declared, FieldEvidence evidence) {

  /** A field of the contract. */
  public static FieldCandidate known(String name, LogicalType type, FieldEvidence evidence) {
    return new FieldCandidate(name, Optional.of(type), evidence);
  }

  /** A field that no contract knows. */
  public static FieldCandidate unknown(String name, FieldEvidence evidence) {
    return new FieldCandidate(name, Optional.empty(), evidence);
  }

  /** The declared type, else the inferred one. */
  Optional<LogicalType> type() {
    return declared.or(() -> evidence.inferredType().map(inferred -> inferred.type()));
  }
}
