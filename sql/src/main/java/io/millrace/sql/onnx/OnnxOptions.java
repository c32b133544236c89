package io.millrace.sql.onnx;

import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.pipeline.ModelCard.Precision;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of {@code 'provider' = 'onnx'}; docs/sql-connectors.md lists them. */
final class OnnxOptions {

  /** What becomes of a row that the model refuses. */
  enum RefusedRows {
    NULL,
    FAIL
  }

  /** What a null among the inputs of a tabular model is. */
  enum Nulls {
    /** The row gets nulls and is not given to the model. */
    NULL,
    /** Not a number, which models of gradient-boosted trees take for missing. */
    NAN
  }

  static final ConfigOption<String> MODEL =
      ConfigOptions.key("model")
          .stringType()
          .noDefaultValue()
          .withDescription("A sentence model that Millrace knows by name.");

  static final ConfigOption<Precision> PRECISION =
      ConfigOptions.key("precision")
          .enumType(Precision.class)
          .defaultValue(Precision.FP32)
          .withDescription("Of a model that Millrace knows.");

  static final ConfigOption<String> FOLDER =
      ConfigOptions.key("folder")
          .stringType()
          .noDefaultValue()
          .withDescription("A sentence model: model.onnx, tokenizer.json and model.yaml.");

  static final ConfigOption<String> FILE =
      ConfigOptions.key("file")
          .stringType()
          .noDefaultValue()
          .withDescription("Any ONNX model of columns, see TabularModel.");

  static final ConfigOption<Purpose> PURPOSE =
      ConfigOptions.key("purpose")
          .enumType(Purpose.class)
          .defaultValue(Purpose.PASSAGE)
          .withDescription("What texts are for; models may put a prefix before each.");

  static final ConfigOption<Integer> CACHE_ENTRIES =
      ConfigOptions.key("cache.entries")
          .intType()
          .defaultValue(10_000)
          .withDescription("Vectors kept in memory, for all who use the model in the process.");

  static final ConfigOption<Nulls> NULLS =
      ConfigOptions.key("nulls")
          .enumType(Nulls.class)
          .defaultValue(Nulls.NULL)
          .withDescription("What a null among the inputs of a tabular model is.");

  static final ConfigOption<RefusedRows> REFUSED_ROWS =
      ConfigOptions.key("refused-rows")
          .enumType(RefusedRows.class)
          .defaultValue(RefusedRows.NULL)
          .withDescription("What becomes of a row that the model refuses.");

  static final ConfigOption<Integer> BATCH_ROWS =
      ConfigOptions.key("batch.rows")
          .intType()
          .defaultValue(64)
          .withDescription("Most rows that are given to the model at once.");

  static final ConfigOption<Duration> BATCH_LINGER =
      ConfigOptions.key("batch.linger")
          .durationType()
          .defaultValue(Duration.ofMillis(2))
          .withDescription("How long a row may wait for others.");

  private OnnxOptions() {}

  static Set<ConfigOption<?>> all() {
    return Set.of(
        MODEL,
        PRECISION,
        FOLDER,
        FILE,
        PURPOSE,
        CACHE_ENTRIES,
        NULLS,
        REFUSED_ROWS,
        BATCH_ROWS,
        BATCH_LINGER);
  }
}
