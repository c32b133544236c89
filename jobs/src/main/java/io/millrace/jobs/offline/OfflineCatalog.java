package io.millrace.jobs.offline;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Secret;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.TableLoader;

/** The catalog of a pipeline's history tables. */
final class OfflineCatalog implements Closeable {
  private static final String NAME = "millrace";

  /** Properties that begin with this are Hadoop's, for example {@code hadoop.fs.s3a.endpoint}. */
  private static final String HADOOP_PREFIX = "hadoop.";

  private final Catalog catalog;
  private final String namespace;

  private OfflineCatalog(Catalog catalog, String namespace) {
    this.catalog = catalog;
    this.namespace = namespace;
  }

  /** Opens the catalog in this process. */
  static OfflineCatalog open(OfflineSpec spec, String pipeline) {
    return open(loader(spec), pipeline);
  }

  /** Opens the catalog where a job runs. */
  static OfflineCatalog open(CatalogLoader loader, String pipeline) {
    return new OfflineCatalog(loader.loadCatalog(), pipeline);
  }

  /** Opens the catalog wherever a job runs. */
  static CatalogLoader loader(OfflineSpec spec) {
    Map<String, String> properties = new HashMap<>();
    Configuration hadoop = new Configuration();
    for (Map.Entry<String, Secret> property : spec.properties().entrySet()) {
      String key = property.getKey();
      if (key.startsWith(HADOOP_PREFIX)) {
        hadoop.set(key.substring(HADOOP_PREFIX.length()), property.getValue().value());
      } else {
        properties.put(key, property.getValue().value());
      }
    }
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, spec.warehouse());
    // Another job may add columns or versions at any time.
    properties.put(CatalogProperties.CACHE_ENABLED, "false");
    spec.uri().ifPresent(uri -> properties.put(CatalogProperties.URI, uri.value()));
    if (spec.catalog() == OfflineSpec.Catalog.HADOOP && spec.isLocal()) {
      properties.putIfAbsent(CatalogProperties.LOCK_IMPL, FolderLock.class.getName());
    }
    return CatalogLoader.custom(
        NAME,
        properties,
        hadoop,
        switch (spec.catalog()) {
          case HADOOP -> "org.apache.iceberg.hadoop.HadoopCatalog";
          case JDBC -> "org.apache.iceberg.jdbc.JdbcCatalog";
          case REST -> "org.apache.iceberg.rest.RESTCatalog";
        });
  }

  /** Opens one table wherever a job runs. */
  static TableLoader loader(OfflineSpec spec, String pipeline, String table) {
    return TableLoader.fromCatalog(loader(spec), identifier(pipeline, table));
  }

  static TableIdentifier identifier(String pipeline, String table) {
    return TableIdentifier.of(Namespace.of(pipeline), table);
  }

  Catalog catalog() {
    return catalog;
  }

  /** The table, if it was ever made. */
  Optional<Table> table(String name) {
    try {
      return Optional.of(catalog.loadTable(identifier(namespace, name)));
    } catch (NoSuchTableException missing) {
      return Optional.empty();
    }
  }

  /** What went wrong and why, without the user and password of an address. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = String.valueOf(failure.getMessage());
    String why = String.valueOf(root.getMessage());
    return (said.contains(why) ? said : said + ": " + why).replaceAll("//[^/@\\s]*@", "//***@");
  }

  @Override
  public void close() throws IOException {
    if (catalog instanceof Closeable closeable) {
      closeable.close();
    }
  }
}
