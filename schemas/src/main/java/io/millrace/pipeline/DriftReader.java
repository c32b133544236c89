package io.millrace.pipeline;

import io.millrace.contract.ContractFile;
import io.millrace.contract.Field;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the {@code drift} part of a pipeline file. Types of columns are the operators' business.
 */
final class DriftReader {

  private final Reading reading;
  private final Path file;
  private final YamlValue root;
  private final Map<String, Source> sources;
  private final List<FeatureViewSpec> views;

  /**
   * @param sources those whose contract could be read
   * @param views those that could be read
   */
  DriftReader(
      Reading reading,
      Path file,
      YamlValue root,
      Map<String, Source> sources,
      List<FeatureViewSpec> views) {
    this.reading = reading;
    this.file = file;
    this.root = root;
    this.sources = sources;
    this.views = views;
  }

  List<DriftMonitorSpec> monitors() {
    List<DriftMonitorSpec> monitors = new ArrayList<>();
    root.get("drift")
        .ifPresent(
            section ->
                section
                    .entries()
                    .forEach(
                        entry ->
                            monitor(entry.getKey(), entry.getValue()).ifPresent(monitors::add)));
    return monitors;
  }

  private Optional<DriftMonitorSpec> monitor(String name, YamlValue map) {
    if (!map.isMap()) {
      return Optional.empty();
    }
    boolean ofView = map.get("view").isPresent();
    Optional<String> input = input(map, ofView);
    Optional<List<String>> fields = input.flatMap(it -> fields(it, ofView));
    Optional<DriftWindowReader.Window> window = new DriftWindowReader(reading).window(map);
    Optional<DriftReference> reference = reference(map, window);
    List<DriftMonitorSpec.Column> columns = columns(map, fields);
    Optional<DriftMonitorSpec.Segments> segments = segments(map, fields);
    DriftMonitorSpec.Alarm alarm = alarm(map.nearest("alarm"));
    if (input.isEmpty() || fields.isEmpty() || window.isEmpty() || reference.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DriftMonitorSpec(
            name,
            input.get(),
            ofView,
            window.get().length(),
            window.get().step(),
            reference.get(),
            columns,
            segments,
            alarm));
  }

  private Optional<String> input(YamlValue map, boolean ofView) {
    String key = ofView ? "view" : "source";
    List<String> known =
        root.get(ofView ? "features" : "sources")
            .map(it -> List.copyOf(it.keys()))
            .orElse(List.of());
    Optional<YamlValue> written = reading.scalar(map, key);
    if (written.isPresent() && !known.contains(written.get().text())) {
      String what = ofView ? "feature view" : "source";
      reading.report(
          written
              .get()
              .problem(
                  "the unknown " + what + " \"" + written.get().text() + "\"",
                  known.isEmpty()
                      ? "a " + what + " of this file"
                      : "one of " + String.join(", ", known),
                  NearestName.suggestion(
                      written.get().text(), known, "name one of the file's " + what + "s")));
      return Optional.empty();
    }
    return written.map(YamlValue::text);
  }

  /** Names of the columns; empty when the input itself has problems. */
  private Optional<List<String>> fields(String input, boolean ofView) {
    if (!ofView) {
      return Optional.ofNullable(sources.get(input))
          .map(source -> source.contract().fields().stream().map(Field::name).toList());
    }
    return views.stream().filter(view -> view.name().equals(input)).findFirst().map(this::features);
  }

  private List<String> features(FeatureViewSpec view) {
    List<String> names = new ArrayList<>(view.entity());
    names.addAll(view.latest());
    view.aggregations().forEach(each -> names.addAll(each.featureNames()));
    return names;
  }

  private Optional<DriftReference> reference(
      YamlValue map, Optional<DriftWindowReader.Window> window) {
    YamlValue written = map.nearest("reference");
    for (DriftReference.Kind kind : DriftReference.Kind.values()) {
      Optional<YamlValue> value = reading.scalar(written, keyword(kind));
      if (value.isEmpty()) {
        continue;
      }
      String text = keyword(kind) + " " + value.get().text();
      return switch (kind) {
        case FILE ->
            file(value.get()).map(path -> new DriftReference(kind, Duration.ZERO, path, "", text));
        case PINNED ->
            Optional.of(
                new DriftReference(kind, Duration.ZERO, Path.of(""), value.get().text(), text));
        default ->
            new DriftWindowReader(reading)
                .span(value.get(), kind, window)
                .map(span -> new DriftReference(kind, span, Path.of(""), "", text));
      };
    }
    return Optional.empty();
  }

  private static String keyword(DriftReference.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private Optional<Path> file(YamlValue value) {
    Path folder = file.toAbsolutePath().getParent();
    if (!value.text().matches(".*\\.(csv|csv\\.gz|parquet)")) {
      reading.report(
          value.problem(
              value.describe(),
              "a file that ends in .csv, .csv.gz or .parquet",
              "write the reference in one of these formats"));
      return Optional.empty();
    }
    Optional<Path> found = ContractFile.find(value.text(), folder);
    if (found.isEmpty()) {
      reading.report(
          value.problem(
              value.describe() + ", which is no file",
              "a reference, looked up in " + folder + " and each folder above it",
              "correct the path, or write the file"));
    }
    return found;
  }

  private List<DriftMonitorSpec.Column> columns(YamlValue map, Optional<List<String>> fields) {
    Optional<YamlValue> written = map.get("columns");
    List<DriftMonitorSpec.Column> columns = new ArrayList<>();
    if (written.isEmpty()) {
      return columns;
    }
    Set<String> seen = new LinkedHashSet<>();
    for (YamlValue item : reading.scalars(map, "columns")) {
      if (!seen.add(item.text())) {
        reading.report(item.problem("a value twice", "every value once", "remove one of the two"));
      } else if (isKnown(item, item.text(), fields)) {
        columns.add(new DriftMonitorSpec.Column(item.text(), List.of()));
      }
    }
    for (Map.Entry<String, YamlValue> entry : written.get().entries()) {
      if (isKnown(entry.getValue(), entry.getKey(), fields)) {
        columns.add(new DriftMonitorSpec.Column(entry.getKey(), statistics(entry.getValue())));
      }
    }
    return columns;
  }

  private static List<DriftStatistic> statistics(YamlValue list) {
    List<DriftStatistic> statistics = new ArrayList<>();
    for (YamlValue item : list.items()) {
      for (DriftStatistic candidate : DriftStatistic.values()) {
        if (item.isScalar() && candidate.keyword().equals(item.text())) {
          statistics.add(candidate);
        }
      }
    }
    return statistics;
  }

  private boolean isKnown(YamlValue place, String column, Optional<List<String>> fields) {
    if (fields.isEmpty() || fields.get().contains(column)) {
      return true;
    }
    reading.report(
        place.problem(
            "the unknown column \"" + column + "\"",
            "one of " + String.join(", ", fields.get()),
            NearestName.suggestion(column, fields.get(), "choose one of these")));
    return false;
  }

  private Optional<DriftMonitorSpec.Segments> segments(
      YamlValue map, Optional<List<String>> fields) {
    Optional<YamlValue> section = map.get("segments").filter(YamlValue::isMap);
    Optional<YamlValue> by = section.flatMap(it -> reading.scalar(it, "by"));
    if (by.isEmpty() || !isKnown(by.get(), by.get().text(), fields)) {
      return Optional.empty();
    }
    return Optional.of(
        new DriftMonitorSpec.Segments(by.get().text(), (int) number(section.get(), "limit", 50)));
  }

  private DriftMonitorSpec.Alarm alarm(YamlValue map) {
    return new DriftMonitorSpec.Alarm(
        number(map, "psi", 0.25),
        number(map, "p_value", 0.01),
        number(map, "share_of_columns", 0.3),
        (int) number(map, "consecutive_windows", 2),
        (long) number(map, "min_rows", 100));
  }

  private double number(YamlValue map, String key, double otherwise) {
    return map.get(key)
        .filter(it -> it.kind() == YamlValue.Kind.INTEGER || it.kind() == YamlValue.Kind.DECIMAL)
        .map(it -> Double.parseDouble(it.text()))
        .orElse(otherwise);
  }
}
