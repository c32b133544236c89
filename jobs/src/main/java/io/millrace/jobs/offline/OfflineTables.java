package io.millrace.jobs.offline;

import io.millrace.features.CompiledView;
import io.millrace.offline.EvolvedColumns;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.exceptions.AlreadyExistsException;

/** The history tables of a pipeline, and that they are there before its job starts. */
public final class OfflineTables {
  private OfflineTables() {}

  /**
   * Layouts of all tables of a pipeline that has {@code offline}: those of sources, then those of
   * views.
   *
   * @throws IllegalArgumentException if a type has no column, with source and field
   */
  public static List<TableLayout> layouts(Pipeline pipeline) {
    OfflineSpec spec = pipeline.offline().orElseThrow();
    List<TableLayout> layouts = new ArrayList<>();
    for (String name : spec.sources()) {
      Source source = pipeline.source(name).orElseThrow();
      layouts.add(TableLayout.history(source));
      OfflineSpec.state(source).ifPresent(table -> layouts.add(TableLayout.state(source)));
    }
    for (String name : spec.views()) {
      FeatureViewSpec view = pipeline.featureView(name).orElseThrow();
      layouts.add(TableLayout.vectors(CompiledView.of(pipeline, view).schema()));
    }
    return layouts;
  }

  /**
   * Makes the tables that are missing, and gives those that are there the columns they lack.
   *
   * @return names of the tables that were made
   * @throws IllegalStateException with every column whose type a table cannot take
   */
  public static List<String> prepare(Pipeline pipeline) throws IOException {
    OfflineSpec spec = pipeline.offline().orElseThrow();
    List<String> made = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try (OfflineCatalog catalog = OfflineCatalog.open(spec, pipeline.name())) {
      createNamespace(catalog, pipeline.name());
      for (TableLayout layout : layouts(pipeline)) {
        String name = layout.table().name();
        Schema schema = TableForm.schema(layout, EvolvedColumns.NONE);
        Table table = catalog.table(name).orElse(null);
        if (table != null) {
          evolve(table, schema, problems);
          complete(table, TableForm.bounds(layout));
          refuseOtherKey(table, schema, problems);
        } else {
          catalog
              .catalog()
              .createTable(
                  OfflineCatalog.identifier(pipeline.name(), name),
                  schema,
                  TableForm.partitions(layout, schema),
                  TableForm.properties(layout));
          made.add(name);
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "pipeline %s cannot keep its history in %s:%n  %s"
              .formatted(
                  pipeline.name(),
                  spec.warehouse(),
                  String.join(System.lineSeparator() + "  ", problems)));
    }
    return made;
  }

  private static void createNamespace(OfflineCatalog catalog, String pipeline) {
    if (catalog.catalog() instanceof SupportsNamespaces namespaces) {
      Namespace namespace = Namespace.of(pipeline);
      try {
        if (!namespaces.namespaceExists(namespace)) {
          namespaces.createNamespace(namespace);
        }
      } catch (AlreadyExistsException other) {
        // Another job of the same pipeline was faster.
      }
    }
  }

  private static void evolve(Table table, Schema schema, List<String> problems) {
    try {
      if (!table.updateSchema().unionByNameWith(schema).apply().sameSchema(table.schema())) {
        table.updateSchema().unionByNameWith(schema).commit();
      }
    } catch (IllegalArgumentException | IllegalStateException incompatible) {
      problems.add(
          "table "
              + table.name()
              + ": "
              + incompatible.getMessage()
              + "; name the field otherwise, or move the table away to begin a new one");
    }
  }

  /** Sets properties that a table does not have yet; what somebody has set stays. */
  private static void complete(Table table, Map<String, String> properties) {
    UpdateProperties update = table.updateProperties();
    boolean missing = false;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      String column =
          property.getKey().substring(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX.length());
      if (!table.properties().containsKey(property.getKey())
          && table.schema().findField(column) != null) {
        update.set(property.getKey(), property.getValue());
        missing = true;
      }
    }
    if (missing) {
      update.commit();
    }
  }

  /** Rows as they are now would stay under the old key for ever. */
  private static void refuseOtherKey(Table table, Schema schema, List<String> problems) {
    Set<String> found = table.schema().identifierFieldNames();
    Set<String> wanted = schema.identifierFieldNames();
    if (!found.equals(wanted)) {
      problems.add(
          "table %s: its rows are told apart by %s, those of the contract by %s; move the table"
                  .formatted(table.name(), key(found), key(wanted))
              + " away to begin a new one");
    }
  }

  private static String key(Set<String> names) {
    return names.isEmpty() ? "no key" : String.join(", ", new TreeSet<>(names));
  }
}
