package io.millrace.sql.catalog;

import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.pipeline.Pipeline;
import io.millrace.sql.functions.SqlFunctions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogDatabaseImpl;
import org.apache.flink.table.catalog.CatalogFunction;
import org.apache.flink.table.catalog.CatalogFunctionImpl;
import org.apache.flink.table.catalog.CatalogModel;
import org.apache.flink.table.catalog.FunctionLanguage;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.FunctionNotExistException;
import org.apache.flink.table.catalog.exceptions.ModelNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.factories.Factory;

/**
 * Everything that the pipelines of a folder know, as tables, models and functions: one database per
 * pipeline, and {@value #SYSTEM} about pipelines themselves.
 *
 * <p>The folder is read when the catalog is opened, that is once per session; a file that is
 * changed later is seen by the next one. A file with problems hides no other: its problems are rows
 * of {@code system.problems}. No server is asked until a query runs.
 */
public final class MillraceCatalog extends ReadOnlyCatalog {

  /** The database about pipelines. */
  public static final String SYSTEM = "system";

  private final Path pipelines;
  private final PiiPolicy policy;
  private final Environment environment;
  private final PipelineTableFactory factory = new PipelineTableFactory(this);
  private Map<String, PipelineTable> system = Map.of();
  private final Map<String, PipelineTables> databases = new LinkedHashMap<>();

  MillraceCatalog(
      String name,
      String defaultDatabase,
      Path pipelines,
      PiiPolicy policy,
      Environment environment) {
    super(name, defaultDatabase);
    this.pipelines = pipelines;
    this.policy = policy;
    this.environment = environment;
  }

  @Override
  public void open() {
    PipelineFolder folder = PipelineFolder.read(pipelines, environment, SYSTEM);
    databases.clear();
    for (Pipeline pipeline : folder.pipelines()) {
      databases.put(pipeline.name(), new PipelineTables(pipeline, policy));
    }
    system = SystemTables.of(folder);
    if (!databaseExists(getDefaultDatabase())) {
      throw new CatalogException(
          "the option 'default-database' names %s, but the pipelines in %s are %s; %s"
              .formatted(
                  getDefaultDatabase(),
                  pipelines.toAbsolutePath(),
                  databases.isEmpty() ? "none" : String.join(", ", databases.keySet()),
                  NearestName.suggestion(
                      getDefaultDatabase(),
                      databases.keySet(),
                      "name one of them, or leave the option out; a file with problems makes no database")));
    }
  }

  @Override
  public void close() {}

  @Override
  public Optional<Factory> getFactory() {
    return Optional.of(factory);
  }

  /**
   * A table of this catalog.
   *
   * @throws CatalogException if there is none, or its definition is wrong
   */
  PipelineTable table(ObjectPath path) {
    return find(path)
        .orElseThrow(
            () ->
                new CatalogException(
                    "catalog %s has no table %s".formatted(getName(), path.getFullName())));
  }

  private Optional<PipelineTable> find(ObjectPath path) {
    if (path.getDatabaseName().equals(SYSTEM)) {
      return Optional.ofNullable(system.get(path.getObjectName()));
    }
    PipelineTables tables = databases.get(path.getDatabaseName());
    if (tables == null) {
      return Optional.empty();
    }
    try {
      return tables.table(path.getObjectName());
    } catch (IllegalArgumentException wrong) {
      throw new CatalogException(
          "table %s cannot be made of its pipeline file: %s. Correct the file (scripts/millrace validate shows where) and open a new session"
              .formatted(path.getFullName(), wrong.getMessage()),
          wrong);
    }
  }

  private boolean has(ObjectPath path) {
    return path.getDatabaseName().equals(SYSTEM)
        ? system.containsKey(path.getObjectName())
        : databases.containsKey(path.getDatabaseName())
            && databases.get(path.getDatabaseName()).names().contains(path.getObjectName());
  }

  @Override
  public List<String> listDatabases() {
    List<String> names = new ArrayList<>(databases.keySet());
    names.add(SYSTEM);
    return names;
  }

  @Override
  public CatalogDatabase getDatabase(String name) throws DatabaseNotExistException {
    requireDatabase(name);
    String comment =
        name.equals(SYSTEM)
            ? "Pipelines, features, models, collections, and what is wrong with files."
            : "Pipeline " + name;
    return new CatalogDatabaseImpl(Map.of(), comment);
  }

  private void requireDatabase(String name) throws DatabaseNotExistException {
    if (!databaseExists(name)) {
      throw new DatabaseNotExistException(getName(), name);
    }
  }

  @Override
  public boolean databaseExists(String name) {
    return name.equals(SYSTEM) || databases.containsKey(name);
  }

  @Override
  public List<String> listTables(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    return database.equals(SYSTEM) ? List.copyOf(system.keySet()) : databases.get(database).names();
  }

  @Override
  public List<String> listViews(String database) {
    return List.of();
  }

  @Override
  public CatalogBaseTable getTable(ObjectPath path) throws TableNotExistException {
    return find(path)
        .map(PipelineTable::toCatalogTable)
        .orElseThrow(() -> new TableNotExistException(getName(), path));
  }

  @Override
  public boolean tableExists(ObjectPath path) {
    return has(path);
  }

  @Override
  public List<String> listFunctions(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    return SqlFunctions.byName().keySet().stream().map(it -> it.toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public CatalogFunction getFunction(ObjectPath path) throws FunctionNotExistException {
    if (!functionExists(path)) {
      throw new FunctionNotExistException(getName(), path);
    }
    String name = path.getObjectName().toUpperCase(Locale.ROOT);
    return new CatalogFunctionImpl(
        SqlFunctions.byName().get(name).getName(), FunctionLanguage.JAVA);
  }

  /** All of them in every database, so that none needs a prefix. */
  @Override
  public boolean functionExists(ObjectPath path) {
    return databaseExists(path.getDatabaseName())
        && SqlFunctions.byName().containsKey(path.getObjectName().toUpperCase(Locale.ROOT));
  }

  @Override
  public List<String> listModels(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    requireDatabase(database);
    return List.copyOf(models(database).keySet());
  }

  @Override
  public CatalogModel getModel(ObjectPath path) throws ModelNotExistException {
    Models.Entry model = models(path.getDatabaseName()).get(path.getObjectName());
    if (model == null) {
      throw new ModelNotExistException(getName(), path);
    }
    return model.toCatalogModel();
  }

  @Override
  public boolean modelExists(ObjectPath path) {
    return models(path.getDatabaseName()).containsKey(path.getObjectName());
  }

  private Map<String, Models.Entry> models(String database) {
    if (!databaseExists(database)) {
      return Map.of();
    }
    Map<String, Models.Entry> models = new LinkedHashMap<>(Models.known());
    if (databases.containsKey(database)) {
      models.putAll(Models.of(databases.get(database).pipeline()));
    }
    return models;
  }
}
