package io.millrace.training;

import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Fingerprint;
import io.millrace.pipeline.OnDemandDefinition;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Versions of feature views and pipelines by what they mean: the same definition has the same
 * version on every machine, and whatever changes a value changes it. Addresses, stores, comments
 * and the order of keys that do not matter are no part of it.
 */
public final class FeatureVersions {
  private static final String FORM = "millrace-feature-version-1";

  private FeatureVersions() {}

  /** Version of one view, 16 hex digits. */
  public static String of(Pipeline pipeline, FeatureViewSpec view) {
    return Fingerprint.of(FORM + "\n" + definition(pipeline, view));
  }

  /** Version of a group of on-demand features, 16 hex digits; that of its views is part of it. */
  public static String of(Pipeline pipeline, OnDemandSpec group) {
    return Fingerprint.of(
        Stream.concat(
                OnDemandDefinition.of(group, pipeline).stream()
                    .map(feature -> feature.name() + " " + feature.fingerprint()),
                group.views(pipeline.featureViews()).stream()
                    .map(view -> "view " + view.name() + " " + of(pipeline, view)))
            .sorted()
            .collect(Collectors.joining("\n", FORM + "\n", "\n")));
  }

  /** Version of all views and groups of a pipeline together, 16 hex digits. */
  public static String of(Pipeline pipeline) {
    return Fingerprint.of(
        Stream.concat(
                pipeline.featureViews().stream()
                    .map(view -> view.name() + " " + of(pipeline, view)),
                pipeline.onDemandGroups().stream()
                    .map(group -> group.name() + " " + of(pipeline, group)))
            .sorted()
            .collect(Collectors.joining("\n", FORM + "\n", "\n")));
  }

  private static String definition(Pipeline pipeline, FeatureViewSpec view) {
    Source source = pipeline.source(view.source()).orElseThrow();
    return FeatureDefinition.of(view, source).stream()
        .map(feature -> feature.name() + " " + feature.fingerprint())
        .sorted()
        .collect(
            Collectors.joining(
                "\n",
                "ttl_ms "
                    + view.online().ttl().map(ttl -> String.valueOf(ttl.toMillis())).orElse("")
                    + "\n",
                "\n"));
  }
}
