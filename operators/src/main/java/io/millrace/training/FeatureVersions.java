package io.millrace.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * Versions of feature views and pipelines by what they mean: the same definition has the same
 * version on every machine, and whatever changes a value changes it. Addresses, stores, comments
 * and the order of keys that do not matter are no part of it.
 */
public final class FeatureVersions {
  private static final String FORM = "millrace-feature-version-1";
  private static final int BYTES = 8;

  private FeatureVersions() {}

  /** Version of one view, 16 hex digits. */
  public static String of(Pipeline pipeline, FeatureViewSpec view) {
    return hash(FORM + "\n" + definition(pipeline, view));
  }

  /** Version of all views of a pipeline together, 16 hex digits. */
  public static String of(Pipeline pipeline) {
    return hash(
        pipeline.featureViews().stream()
            .map(view -> view.name() + " " + of(pipeline, view))
            .sorted()
            .collect(Collectors.joining("\n", FORM + "\n", "\n")));
  }

  private static String definition(Pipeline pipeline, FeatureViewSpec view) {
    Source source = pipeline.source(view.source()).orElseThrow();
    StringBuilder text = new StringBuilder();
    line(text, "view", view.name());
    line(text, "entity", String.join(",", view.entity()));
    line(text, "source", source.name());
    line(text, "row", source.contract().rowType().asSerializableString());
    line(text, "event_time", source.eventTime().field().orElse(""));
    line(text, "where", view.where().map(String::strip).orElse(""));
    line(text, "ttl_ms", view.online().ttl().map(ttl -> "" + ttl.toMillis()).orElse(""));
    if (view.isLatest()) {
      line(text, "latest", String.join(",", view.latest()));
      return text.toString();
    }
    line(text, "hop_ms", String.valueOf(view.hop().toMillis()));
    for (AggregationSpec aggregation : view.aggregations()) {
      line(text, "aggregation", aggregation.name());
      line(text, " function", aggregation.function().name());
      line(text, " input", aggregation.input().strip());
      line(text, " where", aggregation.where().map(String::strip).orElse(""));
      line(
          text,
          " windows_ms",
          aggregation.windows().stream()
              .map(window -> window.label() + "=" + window.length().toMillis())
              .collect(Collectors.joining(",")));
      AggregationSpec.Parameters parameters = aggregation.parameters();
      line(text, " q", String.valueOf(parameters.q()));
      line(text, " k", String.valueOf(parameters.k()));
      line(text, " edges", parameters.edges().toString());
      line(text, " ratio", parameters.numerator() + "/" + parameters.denominator());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append('=').append(value.replace("\n", "\\n")).append('\n');
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
