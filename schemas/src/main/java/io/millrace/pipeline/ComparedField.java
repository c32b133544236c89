package io.millrace.pipeline;

import java.io.Serializable;
import java.util.Optional;

/**
 * A field by which rows are told to be the same thing or not.
 *
 * @param name of a field of the source
 * @param weights empty where they are estimated from the data
 */
public record ComparedField(String name, FieldComparator comparator, Optional<Weights> weights)
    implements Serializable {

  /**
   * What a field says for or against two rows being the same, in bits: the binary logarithm of how
   * much more often it is seen in pairs that are than in pairs that are not.
   *
   * @param agree where the values agree; above zero
   * @param disagree where they do not; below zero
   */
  public record Weights(double agree, double disagree) implements Serializable {}

  /** Serializable although {@link Optional} is not. */
  private Object writeReplace() {
    return new Written(name, comparator, weights.orElse(null));
  }

  private record Written(String name, FieldComparator comparator, Weights weights)
      implements Serializable {
    private Object readResolve() {
      return new ComparedField(name, comparator, Optional.ofNullable(weights));
    }
  }
}
