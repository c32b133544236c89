package io.millrace.pipeline;

import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code offline} section of a pipeline file. */
final class OfflineReader {

  private static final String SECTION = "offline";
  private static final String NO_WAREHOUSE = "";

  /** Columns that every history has beside those of its rows. */
  private static final Set<String> RESERVED =
      Set.of(
          "_event_time", "_sequence", "_change", "_partition", "_offset", "_revision", "_deleted");

  private final Reading reading;
  private final Path file;
  private final YamlValue root;
  private final Map<String, Source> sources;
  private final List<FeatureViewSpec> views;

  OfflineReader(
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

  Optional<OfflineSpec> offline() {
    return root.get(SECTION).filter(YamlValue::isMap).map(this::read);
  }

  private OfflineSpec read(YamlValue section) {
    OfflineSpec.Catalog catalog = reading.choice(section, "catalog", OfflineSpec.Catalog.HADOOP);
    OfflineSpec spec =
        new OfflineSpec(
            warehouse(section),
            catalog,
            uri(section, catalog),
            reading.properties(section, "properties"),
            reading.duration(section, "commit_every"),
            chosen(section, "sources", "sources", sources.keySet().stream().toList()),
            chosen(
                section, "views", "features", views.stream().map(FeatureViewSpec::name).toList()));
    refuseUnsafeRenames(section, spec);
    refuseSharedTables(section, spec);
    refuseReservedColumns(section, spec);
    return spec;
  }

  private String warehouse(YamlValue section) {
    String written = reading.text(section, "warehouse", NO_WAREHOUSE);
    if (written.isEmpty() || written.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
      return written;
    }
    return file.toAbsolutePath().getParent().resolve(written).normalize().toString();
  }

  private Optional<Secret> uri(YamlValue section, OfflineSpec.Catalog catalog) {
    Optional<YamlValue> uri = reading.scalar(section, "uri");
    uri.flatMap(Secrets::address).ifPresent(reading::report);
    if (section.get("uri").isEmpty() && catalog != OfflineSpec.Catalog.HADOOP) {
      reading.report(
          section.problem(
              "no uri, which a " + catalog.name().toLowerCase(Locale.ROOT) + " catalog needs",
              catalog == OfflineSpec.Catalog.JDBC ? "uri: jdbc:…" : "uri: https://host/…",
              "add it"));
    }
    if (section.get("uri").isPresent() && catalog == OfflineSpec.Catalog.HADOOP) {
      reading.report(
          section
              .nearest("uri")
              .problem(
                  "a uri although the catalog is hadoop, which has none",
                  "catalog: jdbc or catalog: rest with it",
                  "name the catalog, or remove the uri"));
    }
    return uri.map(it -> new Secret(it.text()));
  }

  /** The names of a list, or all of them where there is none. */
  private List<String> chosen(YamlValue section, String key, String what, List<String> known) {
    if (section.get(key).isEmpty()) {
      return known;
    }
    List<String> written = root.get(what).map(it -> List.copyOf(it.keys())).orElse(List.of());
    List<String> chosen = new ArrayList<>();
    for (YamlValue item : reading.scalars(section, key)) {
      if (!written.contains(item.text())) {
        reading.report(
            item.problem(
                YamlValue.quote(item.text()) + ", which " + what + " does not have",
                written.isEmpty() ? "names under " + what : "one of " + String.join(", ", written),
                NearestName.suggestion(item.text(), written, "correct the name")));
      } else if (known.contains(item.text()) && !chosen.contains(item.text())) {
        chosen.add(item.text());
      }
    }
    return known.stream().filter(chosen::contains).toList();
  }

  /** A version of a table is taken by renaming its file; object stores rename over one another. */
  private void refuseUnsafeRenames(YamlValue section, OfflineSpec spec) {
    boolean objectStore = spec.warehouse().matches("(s3|s3a|s3n|gs|oss|abfss?|wasbs?|cos|obs):.*");
    if (objectStore && spec.catalog() == OfflineSpec.Catalog.HADOOP) {
      reading.report(
          section
              .nearest("warehouse")
              .problem(
                  "an object store with the hadoop catalog, where two writers overwrite each other",
                  "catalog: jdbc or catalog: rest",
                  "name such a catalog and its uri, or use a folder or HDFS"));
    }
  }

  private void refuseSharedTables(YamlValue section, OfflineSpec spec) {
    Map<String, String> owners = new HashMap<>();
    for (String name : spec.sources()) {
      Source source = sources.get(name);
      claim(owners, section, OfflineSpec.history(source).name(), "source " + name);
      OfflineSpec.state(source)
          .ifPresent(table -> claim(owners, section, table.name(), "source " + name));
    }
    spec.views()
        .forEach(view -> claim(owners, section, OfflineSpec.vectors(view).name(), "view " + view));
  }

  private void claim(Map<String, String> owners, YamlValue section, String table, String owner) {
    // Catalogs and file systems that do not tell case apart would mix the two.
    String other = owners.putIfAbsent(table.toLowerCase(Locale.ROOT), owner);
    if (other != null) {
      reading.report(
          section.problem(
              "the table " + table + " for both " + other + " and " + owner,
              "a name of its own for every table",
              "rename one of them, or keep only one of them offline"));
    }
  }

  private void refuseReservedColumns(YamlValue section, OfflineSpec spec) {
    for (String name : spec.sources()) {
      for (String field : sources.get(name).rowType().getFieldNames()) {
        if (RESERVED.contains(field)) {
          reading.report(
              section.problem(
                  "source " + name + " with a field \"" + field + "\"",
                  "any other name: the tables have a column of their own under this one",
                  "rename the field in the contract, or leave the source out"));
        }
      }
    }
  }
}
