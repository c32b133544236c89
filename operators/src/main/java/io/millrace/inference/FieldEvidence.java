package io.millrace.inference;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of a field from its values alone. Mergeable in any order; a Flink state record,
 * without Kryo, of at most some 50 KB, mostly below 5.
 *
 * <p>The sample and the sketch hold values as they came: mask them before they leave the job, see
 * {@code io.millrace.pii}.
 *
 * @param count records that had the field, with null too
 * @param firstSeenMillis epoch millis
 * @param lastSeenMillis epoch millis
 * @param types counts of kinds by path: {@code ""} the value itself, {@code /name} a property,
 *     {@code /[]} the elements of an array; at most 64 paths
 * @param sample JSON texts of up to {@value #SAMPLE} distinct values, a uniform sample of the
 *     distinct ones; each cut after {@value #MAX_SAMPLE_TEXT} characters
 * @param values their distribution
 */
public record FieldEvidence(
    long count,
    long firstSeenMillis,
    long lastSeenMillis,
    Map<String, TypeCounts> types,
    List<String> sample,
    ValueSketch values) {

  /** How many distinct values are kept. */
  public static final int SAMPLE = 64;

  /** How many characters of a value are kept. */
  public static final int MAX_SAMPLE_TEXT = 200;

  /** Nothing seen. */
  public static FieldEvidence none() {
    return new FieldEvidence(
        0, Long.MAX_VALUE, Long.MIN_VALUE, Map.of(), List.of(), ValueSketch.none());
  }

  /** All that was seen here and there. */
  public FieldEvidence plus(FieldEvidence other) {
    Map<String, TypeCounts> merged = new TreeMap<>(types);
    for (Map.Entry<String, TypeCounts> entry : new TreeMap<>(other.types).entrySet()) {
      if (merged.size() < FieldProfile.MAX_PATHS || merged.containsKey(entry.getKey())) {
        merged.merge(entry.getKey(), entry.getValue(), TypeCounts::plus);
      }
    }
    DistinctSample distinct = new DistinctSample(SAMPLE);
    sample.forEach(distinct::add);
    other.sample.forEach(distinct::add);
    return new FieldEvidence(
        count + other.count,
        Math.min(firstSeenMillis, other.firstSeenMillis),
        Math.max(lastSeenMillis, other.lastSeenMillis),
        merged,
        distinct.texts(),
        values.plus(other.values));
  }

  /** Records in which the field was null. */
  public long nulls() {
    return types.getOrDefault("", TypeCounts.none()).of(ValueKind.NULL);
  }

  /** Records in which the field had a value. */
  public long present() {
    return count - nulls();
  }

  /** The type that fits, empty when only nulls came or no contract type holds what came. */
  public Optional<InferredType> inferredType() {
    return TypeInference.infer(types);
  }

  /** About how many distinct values came, within 13% beyond {@value #SAMPLE}. */
  public double distinct() {
    return DistinctSample.distinct(sample, SAMPLE);
  }

  /** Values may be personal: none is printed. */
  @Override
  public String toString() {
    return "FieldEvidence[count=" + count + ", types=" + types + "]";
  }
}
