package io.millrace.duplicates.linkage;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * One field by which records are compared.
 *
 * @param weights what each level of the comparison is worth, in bits (log2 of the odds ratio), the
 *     best level first; empty when they are learned from the data
 */
public record ComparedField(String name, Comparison comparison, List<Double> weights)
    implements Serializable {

  public ComparedField {
    Objects.requireNonNull(name);
    weights = List.copyOf(weights);
    int levels = comparison.levels().size();
    if (!weights.isEmpty() && weights.size() != levels) {
      throw new IllegalArgumentException(
          "field %s has %d weights, but %s has %d levels of agreement: %s"
              .formatted(name, weights.size(), comparison.text(), levels, comparison.levels()));
    }
  }

  /** A field whose weights are learned. */
  public static ComparedField learned(String name, Comparison comparison) {
    return new ComparedField(name, comparison, List.of());
  }
}
