package io.millrace.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where history is kept, as Iceberg tables in a namespace named after the pipeline.
 *
 * @param warehouse folder or URI below which the tables lie; a folder of this machine is absolute
 * @param catalog who knows which metadata file of a table is the newest
 * @param uri of a JDBC or REST catalog; a secret because it may hold a password
 * @param properties further properties of the catalog; not printed
 * @param commitEvery how often a job that does nothing else commits, whatever its cluster's
 *     checkpoint interval; absent: as often as that, or {@link #DEFAULT_COMMIT_EVERY}
 * @param sources whose rows are kept, in file order
 * @param views whose vectors are kept, in file order
 */
public record OfflineSpec(
    String warehouse,
    Catalog catalog,
    Optional<Secret> uri,
    Map<String, Secret> properties,
    Optional<Duration> commitEvery,
    List<String> sources,
    List<String> views) {

  /** How often such a job commits where neither the file nor the cluster says so. */
  public static final Duration DEFAULT_COMMIT_EVERY = Duration.ofMinutes(1);

  /** Catalogs that Iceberg has for everybody. */
  public enum Catalog {
    /** None beside the files: the folder of a table says which version is the newest. */
    HADOOP,
    /** A table of a database. */
    JDBC,
    /** A server that speaks Iceberg's REST protocol. */
    REST
  }

  /**
   * A table of the store.
   *
   * @param name within the pipeline's namespace
   * @param owner the source or view
   */
  public record Table(String name, String owner, Content content) implements Serializable {}

  /** What a table holds. */
  public enum Content {
    /** Every row of a source whose rows never change, by day of event time. */
    EVENTS,
    /** Every change of a source whose rows change, by day of event time. */
    CHANGES,
    /** The rows of a changing source as they are now, by primary key. */
    STATE,
    /** Every vector of a view, by day of event time. */
    VECTORS
  }

  public OfflineSpec {
    properties = Map.copyOf(properties);
    sources = List.copyOf(sources);
    views = List.copyOf(views);
  }

  /** The table of a source's history: its events, or its changes. */
  public static Table history(Source source) {
    return source.isChangelog()
        ? new Table(source.name() + "_changes", source.name(), Content.CHANGES)
        : new Table(source.name(), source.name(), Content.EVENTS);
  }

  /** The table of a changing source's rows as they are now; none without a primary key. */
  public static Optional<Table> state(Source source) {
    return source.isChangelog() && !source.contract().primaryKey().isEmpty()
        ? Optional.of(new Table(source.name(), source.name(), Content.STATE))
        : Optional.empty();
  }

  /** The table of a view's vectors. */
  public static Table vectors(String view) {
    return new Table(view, view, Content.VECTORS);
  }

  /** Whether the warehouse is a folder of this machine. */
  public boolean isLocal() {
    return warehouse.startsWith("/") || warehouse.startsWith("file:");
  }
}
