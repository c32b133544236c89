package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Collections of Qdrant as tables: searched, looked up and scanned. Personal data that a pipeline
 * allows in its points are left out where the catalog masks.
 */
final class VectorTables {

  /** The column of the vectors. */
  static final String VECTOR = "embedding";

  private VectorTables() {}

  static PipelineTable of(Pipeline pipeline, EmbeddingSpec embedding, PiiPolicy policy) {
    Source source = pipeline.source(embedding.source()).orElseThrow();
    boolean hidesTexts = policy.masks() && !embedding.allowedPii().isEmpty();
    boolean hidesKeys =
        policy.masks()
            && embedding.key().stream().anyMatch(field -> FeatureTables.isPii(source, field));
    Columns columns = new Columns();
    RowType rows = source.rowType();
    List<String> payload = embedding.qdrant().payload();
    for (String name : payload) {
      if (!policy.masks() || !FeatureTables.isPii(source, name)) {
        LogicalType type = rows.getTypeAt(rows.getFieldIndex(name));
        columns.add(
            name,
            type.copy(true),
            source.contract().field(name).map(Field::description).orElse(""),
            Treatment.KEEP);
      }
    }
    int shown = columns.list().size();
    embedding
        .qdrant()
        .tenant()
        .filter(tenant -> !payload.contains(tenant))
        .filter(tenant -> !policy.masks() || !FeatureTables.isPii(source, tenant))
        .ifPresent(tenant -> columns.add(tenant, "STRING", "Whose point it is."));
    columns.add("_id", "STRING", "The point, a UUID.");
    if (!hidesKeys) {
      columns.add("_key", "STRING", "The row's key, as JSON.");
    }
    if (!hidesTexts) {
      columns.add("_text", "STRING", "The text that the vector is made of.");
    }
    columns
        .add("_chunk", "INT", "Number of the piece of the row's text.")
        .add("_version", "BIGINT", "The version that was written last.")
        .add("_model", "STRING", "The model of the vector.")
        .add("_source", "STRING", "The source of the row.")
        .add(columns.free(VECTOR), "ARRAY<FLOAT>", "The vector.");
    return new PipelineTable(
        columns.schema().build(),
        "Vectors of "
            + embedding.source()
            + " in collection "
            + embedding.qdrant().collection()
            + ", by model "
            + embedding.model().name(),
        Map.of(),
        new Reading.Connector(options(embedding), hints(shown, payload)));
  }

  /** Who may filter by a field that is not shown can guess its values. */
  private static Set<String> hints(int shown, List<String> payload) {
    Set<String> hints =
        new HashSet<>(Set.of("tenant.value", "patience", "batch", "linger", "in-flight"));
    if (shown == payload.size()) {
      hints.add("filter");
    }
    return hints;
  }

  private static Map<String, String> options(EmbeddingSpec embedding) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("connector", "qdrant");
    options.put("url", embedding.qdrant().url());
    options.put("collection", embedding.qdrant().collection());
    options.put("source", embedding.source());
    embedding.qdrant().apiKey().map(Secret::value).ifPresent(key -> options.put("api-key", key));
    embedding.qdrant().caFile().ifPresent(file -> options.put("ca-file", file));
    embedding.qdrant().tenant().ifPresent(field -> options.put("tenant", field));
    embedding
        .model()
        .local()
        .filter(EmbeddingModelSpec.Local::isKnown)
        .flatMap(local -> KnownModel.of(local.known(), local.precision()))
        .ifPresent(model -> options.put("model", model.id()));
    return options;
  }
}
