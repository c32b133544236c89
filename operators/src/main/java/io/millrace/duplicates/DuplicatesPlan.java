package io.millrace.duplicates;

import io.millrace.contract.Field;
import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.Thresholds;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Source;
import io.millrace.records.EmbeddingSchema;
import io.millrace.vectors.NeighbourSettings;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The search for duplicates of an embedding, ready to run.
 *
 * @param linkage null where no fields are compared: then the similarity is the score
 * @param hidden compared fields whose values are not shown in reasons
 * @param neighbours null where pairs are found by blocks only
 */
public record DuplicatesPlan(
    EmbeddingSchema schema,
    DuplicatesSpec spec,
    Linkage linkage,
    Thresholds thresholds,
    Set<String> hidden,
    NeighbourSettings neighbours)
    implements Serializable {

  /**
   * @param schema of the embedding; its rows carry the compared fields
   * @throws IllegalArgumentException when the embedding looks for no duplicates
   */
  public static DuplicatesPlan of(EmbeddingSpec embedding, Source source, EmbeddingSchema schema) {
    DuplicatesSpec spec =
        embedding
            .duplicates()
            .orElseThrow(
                () -> new IllegalArgumentException(embedding.name() + " has no duplicates"));
    return new DuplicatesPlan(
        schema,
        spec,
        spec.compare().isEmpty() ? null : Linkage.of(spec),
        new Thresholds(spec.threshold(), spec.review()),
        source.contract().fields().stream()
            .filter(field -> field.isPii() && !embedding.allowedPii().contains(field.name()))
            .map(Field::name)
            .collect(Collectors.toUnmodifiableSet()),
        spec.neighbours().isUsed()
            ? NeighbourSettings.of(
                embedding.qdrant(), schema, spec.neighbours(), embedding.chunks().isPresent())
            : null);
  }

  /** The compared fields of the rows, in the order of their values. */
  List<String> compared() {
    return spec.compare().stream().map(ComparedField::name).toList();
  }

  /**
   * Whether something is estimated from the data: what agreements are worth, and with weights in
   * the pipeline file, how many of the pairs are duplicates.
   */
  boolean isLearned() {
    return linkage != null;
  }
}
