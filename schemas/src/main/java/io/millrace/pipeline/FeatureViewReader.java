package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Reads the {@code features} of a pipeline file. */
final class FeatureViewReader {

  /** Hop of views without windows, where it has no meaning. */
  private static final Duration NO_HOP = Duration.ofMinutes(1);

  private static final String DEFAULT_PROJECT = "millrace";

  private final Reading reading;
  private final Map<String, Source> sources;

  /**
   * @param sources those whose contract could be read
   */
  FeatureViewReader(Reading reading, Map<String, Source> sources) {
    this.reading = reading;
    this.sources = sources;
  }

  /**
   * A view, if its source is usable; aggregations with problems are left out.
   *
   * @param sourceNames all sources of the file, usable or not
   */
  Optional<FeatureViewSpec> view(String name, YamlValue map, List<String> sourceNames) {
    if (!map.isMap()) {
      return Optional.empty();
    }
    Optional<YamlValue> sourceName = reading.scalar(map, "source");
    sourceName
        .filter(it -> !sourceNames.contains(it.text()))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        "the unknown source \"" + it.text() + "\"",
                        "one of " + String.join(", ", sourceNames),
                        NearestName.suggestion(
                            it.text(), sourceNames, "name one of the file's sources"))));
    Optional<Source> source = sourceName.map(it -> sources.get(it.text()));
    Optional<Duration> hop = windowOrHop(map, "hop");
    List<String> entity = fields(map, "entity", source);
    source.ifPresent(it -> checkEntityTypes(map, it.contract()));
    List<AggregationSpec> aggregations =
        new AggregationReader(reading, source, hop, Set.copyOf(entity)).aggregations(map);
    List<String> latest = fields(map, "latest", source);
    if (map.get("latest").isPresent()) {
      checkLatest(map, source, entity);
    }
    if (source.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FeatureViewSpec(
            name,
            entity,
            source.get().name(),
            reading.text(map, "where"),
            hop.orElse(NO_HOP),
            aggregations,
            latest,
            reading.duration(map, "emit_every").orElse(Duration.ZERO),
            online(map),
            reading.flag(map, "topic", true),
            bootstrap(map, source.get(), latest),
            about(reading, map)));
  }

  /** What a file says of a view, or of a group of on-demand features. */
  static FeatureViewSpec.About about(Reading reading, YamlValue map) {
    return new FeatureViewSpec.About(
        reading.text(map, "description", ""),
        reading.text(map, "owner", ""),
        reading.number(map, "version", 1));
  }

  private FeatureViewSpec.Bootstrap bootstrap(YamlValue map, Source source, List<String> latest) {
    FeatureViewSpec.Bootstrap bootstrap =
        reading.choice(map, "bootstrap", FeatureViewSpec.Bootstrap.NONE);
    if (bootstrap == FeatureViewSpec.Bootstrap.OFFLINE) {
      YamlValue value = map.nearest("bootstrap");
      if (!latest.isEmpty()) {
        reading.report(
            value.problem(
                "bootstrap: offline beside latest",
                "bootstrap: offline beside aggregations",
                "remove it: such a view needs no past to compute with, and scripts/millrace"
                    + " materialize fills its store"));
      } else if (source.origin() instanceof PostgresOrigin) {
        reading.report(
            value.problem(
                "bootstrap: offline over a table of Postgres",
                "bootstrap: offline over a topic",
                "remove it: a table is read from its snapshot on, so that a view is complete when"
                    + " its job starts without a savepoint"));
      }
    }
    return bootstrap;
  }

  /** A length of time that must not be zero. */
  private Optional<Duration> windowOrHop(YamlValue map, String key) {
    Optional<Duration> length = reading.duration(map, key);
    if (length.filter(Duration::isZero).isPresent()) {
      reading.report(map.nearest(key).problem("no time at all", "at least 1ms", "for example 1m"));
      return Optional.empty();
    }
    return length;
  }

  private FeatureViewSpec.Online online(YamlValue view) {
    YamlValue map = view.nearest("online");
    if (map == view || !map.isMap()) {
      return new FeatureViewSpec.Online(
          Optional.empty(), FeatureViewSpec.Layout.HASH, DEFAULT_PROJECT);
    }
    return new FeatureViewSpec.Online(
        windowOrHop(map, "ttl"),
        reading.choice(map, "layout", FeatureViewSpec.Layout.HASH),
        reading.text(map, "project", DEFAULT_PROJECT));
  }

  private List<String> fields(YamlValue map, String key, Optional<Source> source) {
    List<String> fields = new ArrayList<>();
    for (YamlValue item : reading.scalars(map, key)) {
      if (source.isEmpty() || FieldReferences.check(item, source.get().contract(), reading)) {
        fields.add(item.text());
      }
    }
    return fields;
  }

  private void checkEntityTypes(YamlValue map, Contract contract) {
    boolean feast =
        reading.choice(map.nearest("online"), "layout", FeatureViewSpec.Layout.HASH)
            == FeatureViewSpec.Layout.FEAST;
    for (YamlValue item : reading.scalars(map, "entity")) {
      Optional<LogicalType> type = contract.field(item.text()).map(Field::type);
      if (type.isEmpty()) {
        continue;
      }
      if (type.get()
          .isAnyOf(
              LogicalTypeRoot.FLOAT,
              LogicalTypeRoot.DOUBLE,
              LogicalTypeRoot.ARRAY,
              LogicalTypeRoot.ROW)) {
        reading.report(
            item.problem(
                "the entity field \""
                    + item.text()
                    + "\" of type "
                    + type.get().copy(true).asSummaryString(),
                "a text, a number without fraction, a decimal, a date or a time",
                "choose a field whose values can be compared exactly"));
      } else if (feast
          && type.get()
              .isAnyOf(
                  LogicalTypeRoot.BOOLEAN,
                  LogicalTypeRoot.DECIMAL,
                  LogicalTypeRoot.TIME_WITHOUT_TIME_ZONE)) {
        reading.report(
            item.problem(
                "the entity field \""
                    + item.text()
                    + "\" of type "
                    + type.get().copy(true).asSummaryString(),
                "a text, an integer, bytes, a date or a timestamp, as Feast's entities are",
                "use layout: hash, or an entity field of such a type"));
      } else if (feast) {
        refuseNullEntityInFeast(map, item, type.get());
      }
    }
  }

  /** Feast's keys have no form for null; the readable layout has. */
  private void refuseNullEntityInFeast(YamlValue map, YamlValue item, LogicalType type) {
    String condition = reading.text(map, "where", "");
    Pattern notNull =
        Pattern.compile(
            "`?\\b" + Pattern.quote(item.text()) + "\\b`?\\s+IS\\s+NOT\\s+NULL",
            Pattern.CASE_INSENSITIVE);
    if (type.isNullable() && !notNull.matcher(condition).find()) {
      reading.report(
          item.problem(
              "the entity field \"" + item.text() + "\", which may be null",
              "an entity that is never null, as Feast's keys need it",
              "add where: \"" + item.text() + " IS NOT NULL\", or use layout: hash"));
    }
  }

  /** What neither layout can hold as a feature. */
  private static boolean isNested(LogicalType type) {
    return type instanceof ArrayType array
        ? array.getElementType().isAnyOf(LogicalTypeRoot.ARRAY, LogicalTypeRoot.ROW)
        : type.is(LogicalTypeRoot.ROW);
  }

  private void checkLatest(YamlValue map, Optional<Source> source, List<String> entity) {
    if (map.get("hop").isPresent()) {
      reading.report(
          map.nearest("hop").problem("hop beside latest", "hop beside aggregations", "remove it"));
    }
    Set<String> keys = new HashSet<>(entity);
    for (YamlValue item : reading.scalars(map, "latest")) {
      if (keys.contains(item.text())) {
        reading.report(
            item.problem(
                "the entity field \"" + item.text() + "\" among the features",
                "fields that are not the entity",
                "leave it out; the entity is known to whoever asks"));
      }
    }
    for (YamlValue item : reading.scalars(map, "latest")) {
      source
          .flatMap(it -> it.contract().field(item.text()))
          .map(Field::type)
          .filter(FeatureViewReader::isNested)
          .ifPresent(
              type ->
                  reading.report(
                      item.problem(
                          "the field \""
                              + item.text()
                              + "\" of type "
                              + type.copy(true).asSummaryString(),
                          "a plain value, or an array of plain values",
                          "carry it as a string in the contract, or leave it out")));
    }
    if (source.isPresent() && source.get().isChangelog()) {
      checkLatestOfTable(map, source.get().contract(), keys);
    }
  }

  private void checkLatestOfTable(YamlValue map, Contract contract, Set<String> entity) {
    List<String> primaryKey = contract.primaryKey();
    if (!entity.isEmpty() && !entity.equals(Set.copyOf(primaryKey))) {
      String expected = "[" + String.join(", ", primaryKey) + "]";
      reading.report(
          map.nearest("entity")
              .problem(
                  "the entity [" + String.join(", ", entity.stream().sorted().toList()) + "]",
                  primaryKey.isEmpty()
                      ? "the primary key, which contract " + contract.name() + " lacks"
                      : "the primary key " + expected,
                  primaryKey.isEmpty()
                      ? "mark it in the contract with primaryKey: true"
                      : "write entity: "
                          + expected
                          + "; a table's newest row is that of its primary key"));
    }
  }
}
