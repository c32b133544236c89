package io.millrace.sql.onnx;

import io.millrace.embedding.EncoderSettings;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxModel;
import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.ModelCard.Precision;
import io.millrace.pipeline.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.AsyncPredictRuntimeProvider;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * A model of SQL that has passed all checks: files that are named are there, and columns fit. The
 * checks are made where the statement is planned, so that mistakes show before a job starts.
 */
final class OnnxModelProvider implements PredictRuntimeProvider, AsyncPredictRuntimeProvider {
  private static final int MOST_ROWS = 10_000;

  private final RowModel.Opener opener;
  private final InputColumns columns;
  private final Predictions predictions;
  private final int batchRows;
  private final Duration linger;

  private OnnxModelProvider(
      RowModel.Opener opener,
      InputColumns columns,
      Predictions predictions,
      int batchRows,
      Duration linger) {
    this.opener = opener;
    this.columns = columns;
    this.predictions = predictions;
    this.batchRows = batchRows;
    this.linger = linger;
  }

  /**
   * @param name of the model, for messages
   * @throws ValidationException with everything that is wrong
   */
  static OnnxModelProvider of(String name, ReadableConfig options, RowType input, RowType output) {
    List<String> problems = new ArrayList<>();
    int rows = options.get(OnnxOptions.BATCH_ROWS);
    if (rows < 1 || rows > MOST_ROWS) {
      problems.add(
          "'batch.rows' is %d; expected a number from 1 to %,d".formatted(rows, MOST_ROWS));
    }
    Duration linger = options.get(OnnxOptions.BATCH_LINGER);
    if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(10)) > 0) {
      problems.add("'batch.linger' is %s; expected up to 10 s".formatted(linger));
    }
    if (options.get(OnnxOptions.CACHE_ENTRIES) < 0) {
      problems.add(
          "'cache.entries' is %d; expected 0 for none, or how many vectors to keep"
              .formatted(options.get(OnnxOptions.CACHE_ENTRIES)));
    }
    RowModel.Opener opener = opener(options, input, output, problems);
    if (!problems.isEmpty()) {
      throw new ValidationException(
          "model %s cannot be used:%n  - %s"
              .formatted(name, String.join(System.lineSeparator() + "  - ", problems)));
    }
    return new OnnxModelProvider(
        opener,
        new InputColumns(input),
        new Predictions(
            name,
            output.getFieldCount(),
            options.get(OnnxOptions.REFUSED_ROWS) == OnnxOptions.RefusedRows.FAIL),
        rows,
        linger);
  }

  private static RowModel.Opener opener(
      ReadableConfig options, RowType input, RowType output, List<String> problems) {
    List<String> named = new ArrayList<>();
    for (ConfigOption<String> each :
        List.of(OnnxOptions.MODEL, OnnxOptions.FOLDER, OnnxOptions.FILE)) {
      options.getOptional(each).ifPresent(value -> named.add("'" + each.key() + "'"));
    }
    if (named.size() != 1) {
      problems.add(
          "%s; expected one of 'model' (a sentence model by name: %s), 'folder' (a sentence model of your own) and 'file' (an ONNX model of columns)"
              .formatted(
                  named.isEmpty() ? "no model is named" : String.join(" and ", named), known()));
      return null;
    }
    return options.getOptional(OnnxOptions.FILE).isPresent()
        ? tabular(options, input, output, problems)
        : sentence(options, input, output, problems);
  }

  private static List<String> known() {
    return Arrays.stream(KnownModel.values()).map(it -> it.card().name()).distinct().toList();
  }

  private static RowModel.Opener tabular(
      ReadableConfig options, RowType input, RowType output, List<String> problems) {
    refuse(options, OnnxOptions.PRECISION, "a model of columns", problems);
    refuse(options, OnnxOptions.PURPOSE, "a model of columns", problems);
    refuse(options, OnnxOptions.CACHE_ENTRIES, "a model of columns", problems);
    TabularModel.Opener opener =
        new TabularModel.Opener(
            options.get(OnnxOptions.FILE),
            input,
            output,
            options.get(OnnxOptions.NULLS) == OnnxOptions.Nulls.NAN);
    try {
      opener.open().close();
    } catch (IllegalArgumentException wrong) {
      problems.add(wrong.getMessage());
    }
    return opener;
  }

  private static RowModel.Opener sentence(
      ReadableConfig options, RowType input, RowType output, List<String> problems) {
    refuse(options, OnnxOptions.NULLS, "a sentence model", problems);
    if (input.getFieldCount() != 1 || !input.getTypeAt(0).is(LogicalTypeFamily.CHARACTER_STRING)) {
      problems.add(
          "its input is %s; a sentence model takes one text: INPUT (text STRING)"
              .formatted(input.asSummaryString()));
    }
    if (output.getFieldCount() != 1
        || !(output.getTypeAt(0) instanceof ArrayType array)
        || !array.getElementType().is(LogicalTypeRoot.FLOAT)) {
      problems.add(
          "its output is %s; a sentence model gives one vector: OUTPUT (embedding ARRAY<FLOAT>)"
              .formatted(output.asSummaryString()));
    }
    EmbeddingModelSpec.Local local;
    Optional<String> name = options.getOptional(OnnxOptions.MODEL);
    Precision precision = options.get(OnnxOptions.PRECISION);
    if (name.isPresent()) {
      local = EmbeddingModelSpec.Local.known(name.get(), precision);
      if (KnownModel.of(name.get(), precision).isEmpty()) {
        problems.add(
            "'model' is '%s'; Millrace knows %s. Name the folder of any other in 'folder', or its file in 'file' when it is none of sentences"
                .formatted(name.get(), String.join(", ", known())));
      }
    } else {
      refuse(options, OnnxOptions.PRECISION, "a model in a folder, whose model.yaml has", problems);
      local = new EmbeddingModelSpec.Local("", options.get(OnnxOptions.FOLDER), precision);
      try {
        OnnxModel.fromFolder(Path.of(local.folder()));
      } catch (RuntimeException wrong) {
        problems.add("'folder': " + wrong.getMessage());
      }
    }
    return new SentenceModel.Opener(
        new EncoderSettings(
            local,
            null,
            true,
            Math.max(0, options.get(OnnxOptions.CACHE_ENTRIES)),
            new Secret(""),
            Duration.ofDays(1)),
        options.get(OnnxOptions.PURPOSE));
  }

  private static void refuse(
      ReadableConfig options, ConfigOption<?> option, String of, List<String> problems) {
    if (options.getOptional(option).isPresent()) {
      problems.add("'%s' says nothing to %s: leave it out".formatted(option.key(), of));
    }
  }

  @Override
  public PredictFunction createPredictFunction(Context context) {
    return new OnnxPredictFunction(opener, columns, predictions);
  }

  @Override
  public AsyncPredictFunction createAsyncPredictFunction(Context context) {
    return new OnnxAsyncPredictFunction(opener, columns, predictions, batchRows, linger);
  }

  @Override
  public ModelProvider copy() {
    return new OnnxModelProvider(opener, columns, predictions, batchRows, linger);
  }
}
