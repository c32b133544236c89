package io.millrace.sql.catalog;

import io.millrace.embedding.onnx.KnownModel;
import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.ModelCard;
import io.millrace.pipeline.Pipeline;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogModel;

/**
 * The sentence models in reach: those that Millrace knows by name, in every database, and those of
 * a pipeline's embeddings, under the embedding's name. Each twice: for texts that are to be found,
 * and, with {@value #QUERY} behind its name, for texts by which others are sought.
 */
final class Models {

  static final String QUERY = "_query";

  /**
   * A model as the catalog has it.
   *
   * @param model as vectors know it
   * @param options of its provider
   */
  record Entry(String model, String precision, String purpose, Map<String, String> options) {

    CatalogModel toCatalogModel() {
      Map<String, String> all = new LinkedHashMap<>(options);
      all.put("provider", "onnx");
      all.put("purpose", purpose);
      return CatalogModel.of(
          Schema.newBuilder().column("text", DataTypes.STRING()).build(),
          Schema.newBuilder().column("embedding", DataTypes.ARRAY(DataTypes.FLOAT())).build(),
          all,
          "Sentence model " + model + ", for texts that are a " + purpose);
    }
  }

  private Models() {}

  /** Those that need no pipeline. */
  static Map<String, Entry> known() {
    Map<String, Entry> models = new LinkedHashMap<>();
    for (KnownModel known : KnownModel.values()) {
      ModelCard card = known.card();
      add(
          models,
          known.name().toLowerCase(Locale.ROOT),
          card.name(),
          card.precision(),
          Map.of("model", card.name(), "precision", card.precision().keyword()));
    }
    return models;
  }

  /** Those of a pipeline's embeddings that run in a process of Flink. */
  static Map<String, Entry> of(Pipeline pipeline) {
    Map<String, Entry> models = new LinkedHashMap<>();
    for (EmbeddingSpec embedding : pipeline.embeddings()) {
      embedding
          .model()
          .local()
          .ifPresent(
              local ->
                  add(
                      models,
                      embedding.name(),
                      embedding.model().name(),
                      local.precision(),
                      options(local)));
    }
    return models;
  }

  private static Map<String, String> options(EmbeddingModelSpec.Local local) {
    return local.isKnown()
        ? Map.of("model", local.known(), "precision", local.precision().keyword())
        : Map.of("folder", local.folder());
  }

  private static void add(
      Map<String, Entry> models,
      String name,
      String model,
      ModelCard.Precision precision,
      Map<String, String> options) {
    models.put(name, new Entry(model, precision.keyword(), "passage", options));
    models.put(name + QUERY, new Entry(model, precision.keyword(), "query", options));
  }
}
