package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.registry.FeatureChange;
import io.millrace.jobs.registry.Freshness;
import io.millrace.jobs.registry.RegisteredView;
import io.millrace.jobs.registry.RegisteredView.RegisteredFeature;
import io.millrace.pipeline.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The registry for people, and as JSON lines for programs. */
final class RegistryText {

  private RegistryText() {}

  static String json(List<RegisteredView> views) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    StringBuilder lines = new StringBuilder();
    for (RegisteredView view : views) {
      lines.append(mapper.writeValueAsString(view)).append(System.lineSeparator());
    }
    return lines.toString();
  }

  /** A line per view. */
  static String list(List<RegisteredView> views) {
    TextTable table =
        new TextTable(
            "pipeline", "view", "version", "entity", "features", "from", "owner", "status");
    for (RegisteredView view : views) {
      table.add(
          view.pipeline(),
          view.view(),
          view.version(),
          String.join(", ", view.entity()),
          view.features().size(),
          view.origin(),
          orDash(view.owner()),
          status(view));
    }
    return table.isEmpty() ? "" : table.toString();
  }

  private static String status(RegisteredView view) {
    List<String> states = view.features().stream().map(RegisteredFeature::status).toList();
    return states.contains("changed")
        ? "changed"
        : states.contains("new")
            ? "new"
            : states.contains("accepted") ? "accepted" : "not accepted";
  }

  /** A line per feature in which the text occurs, or all of a view that it occurs in. */
  static String found(List<RegisteredView> views, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    TextTable table = new TextTable("view", "feature", "type", "definition", "made of");
    for (RegisteredView view : views) {
      List<RegisteredFeature> features =
          view.features().stream()
              .filter(it -> it.toString().toLowerCase(Locale.ROOT).contains(wanted))
              .toList();
      for (RegisteredFeature feature : features.isEmpty() ? view.features() : features) {
        table.add(
            view.view(), feature.name(), feature.type(), definition(feature), madeOf(feature));
      }
    }
    return table.isEmpty() ? "" : table.toString();
  }

  static String show(RegisteredView view) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s %s, version %d, of pipeline %s%n"
            .formatted(
                onDemand(view) ? "On demand" : "View",
                view.view(),
                view.version(),
                view.pipeline()));
    if (!view.description().isEmpty()) {
      text.append("  ").append(view.description()).append(System.lineSeparator());
    }
    text.append(System.lineSeparator());
    line(text, "entity", String.join(", ", view.entity()));
    line(text, "owner", orDash(view.owner()));
    if (onDemand(view)) {
      line(text, "request", orDash(String.join(", ", view.request())));
      line(text, "features of", view.origin());
    } else {
      line(text, "source", view.source() + ", " + view.origin());
    }
    line(
        text,
        "served by",
        view.online()
            + (view.ttl_seconds() == 0
                ? ""
                : ", for " + Durations.format(Duration.ofSeconds(view.ttl_seconds()))));
    line(text, "changes on", view.topic().isEmpty() ? "-" : "topic " + view.topic());
    text.append(System.lineSeparator());
    TextTable table =
        new TextTable("feature", "type", "definition", "made of", "fingerprint", "status");
    for (RegisteredFeature feature : view.features()) {
      table.add(
          feature.name(),
          feature.type(),
          definition(feature),
          madeOf(feature),
          feature.fingerprint(),
          orDash(feature.status()));
    }
    return text.append(table).toString();
  }

  /** A group of on-demand features has no source. */
  private static boolean onDemand(RegisteredView view) {
    return view.source().isEmpty();
  }

  /** Fields; of an on-demand feature what it names, and behind that the fields of sources. */
  private static String madeOf(RegisteredFeature feature) {
    String fields = String.join(", ", feature.source_fields());
    return feature.inputs().isEmpty()
        ? fields
        : String.join(", ", feature.inputs()) + (fields.isEmpty() ? "" : " (" + fields + ")");
  }

  private static String definition(RegisteredFeature feature) {
    return feature.computed() + (feature.window().isEmpty() ? "" : " over " + feature.window());
  }

  static String freshness(Optional<Freshness> freshness, Instant now) {
    StringBuilder text = new StringBuilder(System.lineSeparator());
    line(
        text,
        "fresh",
        freshness
            .map(
                it ->
                    "newest event %s, written %s ago"
                        .formatted(
                            it.eventTime(),
                            FeaturesText.age(Duration.between(it.writtenAt(), now))))
            .orElse("nothing was written yet"));
    return text.toString();
  }

  static String changes(Path file, List<FeatureChange> changes) {
    if (changes.isEmpty()) {
      return "%s: as accepted%n".formatted(file);
    }
    TextTable table = new TextTable("view", "feature", "what", "");
    for (FeatureChange change : changes) {
      table.add(
          change.view(),
          change.feature(),
          change.kind().name().toLowerCase(Locale.ROOT),
          change.isRefused()
              ? "refused: raise the view's version, or name the feature otherwise"
              : change.kind() == FeatureChange.Kind.CHANGED ? "under a new version" : "");
    }
    return "%s:%n%s".formatted(file, table);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  %-12s%s%n".formatted(name, value));
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
