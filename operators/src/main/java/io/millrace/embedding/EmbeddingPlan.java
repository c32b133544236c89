package io.millrace.embedding;

import io.millrace.contract.Field;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Source;
import io.millrace.pipeline.TextTemplate;
import io.millrace.records.EmbeddingSchema;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.RowType;

/**
 * An embedding, ready to run.
 *
 * @param rowType of the rows that come in
 * @param key fields that tell rows apart
 * @param masked fields whose values are not shown in the text
 * @param chunkTokens most tokens of a chunk; zero: long texts are cut off
 * @param batchTexts most texts that are encoded together
 * @param batchPatience how long a text waits for others
 * @param patience how long the encoder may be out of reach
 * @param changelog whether rows are changes of a table, to be taken in the order they come
 * @param place topic or table of the source, for dead letters
 */
public record EmbeddingPlan(
    EmbeddingSchema schema,
    RowType rowType,
    List<String> key,
    TextTemplate text,
    Set<String> masked,
    EncoderSettings encoder,
    int chunkTokens,
    int chunkOverlap,
    int batchTexts,
    Duration batchPatience,
    int batchesInFlight,
    Duration patience,
    boolean changelog,
    String contract,
    String contractVersion,
    String place)
    implements Serializable {

  /**
   * @param place topic or table of the source
   */
  public static EmbeddingPlan of(EmbeddingSpec spec, Source source, String place) {
    RowType rowType = source.rowType();
    return new EmbeddingPlan(
        new EmbeddingSchema(
            spec.name(),
            source.name(),
            spec.qdrant().collection(),
            spec.qdrant().tenant().orElse(""),
            fields(rowType, spec.qdrant().payload()),
            fields(rowType, carried(spec))),
        rowType,
        List.copyOf(spec.key()),
        spec.text(),
        source.contract().fields().stream()
            .filter(field -> field.isPii() && !spec.allowedPii().contains(field.name()))
            .map(Field::name)
            .collect(Collectors.toUnmodifiableSet()),
        EncoderSettings.of(spec),
        spec.chunks().map(EmbeddingSpec.Chunks::tokens).orElse(0),
        spec.chunks().map(EmbeddingSpec.Chunks::overlap).orElse(0),
        spec.batching().texts(),
        spec.batching().patience(),
        spec.batching().inFlight(),
        spec.patience(),
        source.isChangelog(),
        source.contract().name(),
        source.contract().version(),
        place);
  }

  /** The payload, then what duplicates are told by beyond it. */
  private static List<String> carried(EmbeddingSpec spec) {
    Set<String> carried = new LinkedHashSet<>(spec.qdrant().payload());
    spec.duplicates()
        .ifPresent(duplicates -> duplicates.compare().forEach(field -> carried.add(field.name())));
    return List.copyOf(carried);
  }

  /** The fields of these names, in this order. */
  static RowType fields(RowType type, List<String> names) {
    return new RowType(
        false, names.stream().map(name -> type.getFields().get(type.getFieldIndex(name))).toList());
  }

  public RowType keyType() {
    return fields(rowType, key);
  }
}
