package io.millrace.sql.functions;

import io.millrace.embedding.EncoderSettings;
import io.millrace.embedding.Encoders;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.pipeline.EmbeddingModelSpec.Local;
import io.millrace.pipeline.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.Signature.Argument;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * {@code EMBED(text[, model])}: the vector of a text as a passage, by a sentence model that runs in
 * the TaskManager; {@value #DEFAULT_MODEL} unless said otherwise. All uses of a model on a
 * TaskManager share one session and one cache of {@value #CACHED} vectors, so that a text that
 * comes again costs a look-up. Texts are encoded one at a time, about 5 ms each: for many texts
 * {@code ML_PREDICT} batches. Null where the text is null; a text that the model refuses fails the
 * query.
 */
public final class Embed extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  static final String DEFAULT_MODEL = "all-minilm-l6-v2/fp32";
  static final int CACHED = 10_000;

  private transient Map<String, TextEncoder> encoders;

  @Override
  public TypeInference getTypeInference(DataTypeFactory typeFactory) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(new TextAndModel())
        .outputTypeStrategy(
            TypeStrategies.explicit(DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class)))
        .build();
  }

  public ArrayData eval(String text) {
    return eval(text, DEFAULT_MODEL);
  }

  public ArrayData eval(String text, String model) {
    if (text == null || model == null) {
      return null;
    }
    if (encoders == null) {
      encoders = new HashMap<>();
    }
    TextEncoder encoder = encoders.computeIfAbsent(model, Embed::open);
    try {
      Encoding encoding = encoder.encode(List.of(text), TextEncoder.Purpose.PASSAGE).get(0);
      if (encoding.isRefused()) {
        throw new TableRuntimeException("EMBED refused a text: " + encoding.refusal());
      }
      return new GenericArrayData(encoding.vector());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TableRuntimeException("EMBED was interrupted");
    }
  }

  private static TextEncoder open(String name) {
    KnownModel model =
        find(name).orElseThrow(() -> new TableRuntimeException(unknown("EMBED", name)));
    return Encoders.open(
        new EncoderSettings(
            Local.known(model.card().name(), model.card().precision()),
            null,
            true,
            CACHED,
            new Secret(""),
            Duration.ofDays(1)));
  }

  /** A model by its name with or without precision; without it, the precise one. */
  private static Optional<KnownModel> find(String name) {
    return Arrays.stream(KnownModel.values())
        .filter(model -> model.id().equals(name) || model.id().equals(name + "/fp32"))
        .findFirst();
  }

  private static String unknown(String function, String name) {
    return "Argument model of %s is %s; known are %s."
        .formatted(
            function,
            name,
            Arrays.stream(KnownModel.values())
                .map(KnownModel::id)
                .collect(Collectors.joining(", ")));
  }

  @Override
  public void close() {
    if (encoders != null) {
      encoders.values().forEach(TextEncoder::close);
      encoders = null;
    }
  }

  private static final class TextAndModel implements InputTypeStrategy {
    @Override
    public ArgumentCount getArgumentCount() {
      return ConstantArgumentCount.between(1, 2);
    }

    @Override
    public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
      List<DataType> types = new ArrayList<>();
      for (DataType given : call.getArgumentDataTypes()) {
        boolean text =
            given.getLogicalType().is(LogicalTypeFamily.CHARACTER_STRING)
                || given.getLogicalType().is(LogicalTypeRoot.NULL);
        if (!text) {
          return call.fail(
              throwOnFailure,
              "%s takes strings, not %s.",
              call.getName(),
              given.getLogicalType().asSummaryString());
        }
        types.add(DataTypes.STRING());
      }
      Optional<String> unknown =
          types.size() == 2 && call.isArgumentLiteral(1)
              ? call.getArgumentValue(1, String.class).filter(name -> find(name).isEmpty())
              : Optional.empty();
      return unknown.isPresent()
          ? call.fail(throwOnFailure, "%s", unknown(call.getName(), unknown.get()))
          : Optional.of(types);
    }

    @Override
    public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
      return List.of(
          Signature.of(Argument.of("text", "STRING")),
          Signature.of(Argument.of("text", "STRING"), Argument.of("model", "STRING")));
    }
  }
}
