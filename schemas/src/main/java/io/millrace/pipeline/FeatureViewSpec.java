package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A feature view as written: features of one entity, computed from one source.
 *
 * <p>A view either aggregates ({@code aggregations} not empty) or mirrors the newest row ({@code
 * latest} not empty), never both.
 *
 * @param entity fields of the source that name the entity, in file order
 * @param where SQL condition over the source's fields; rows that do not satisfy it do not count
 * @param hop step in which window edges move; every window is a multiple of it
 * @param latest fields of the newest row, by event time
 * @param emitEvery a key's values are written at most this often; zero: on every event
 * @param bootstrap with what the view, and each aggregation that it gains, begins
 * @param about what people want to know of it
 */
public record FeatureViewSpec(
    String name,
    List<String> entity,
    String source,
    Optional<String> where,
    Duration hop,
    List<AggregationSpec> aggregations,
    List<String> latest,
    Duration emitEvery,
    Online online,
    boolean topic,
    Bootstrap bootstrap,
    About about) {

  public FeatureViewSpec {
    entity = List.copyOf(entity);
    aggregations = List.copyOf(aggregations);
    latest = List.copyOf(latest);
  }

  /** A view that nothing is said about and that begins empty. */
  public FeatureViewSpec(
      String name,
      List<String> entity,
      String source,
      Optional<String> where,
      Duration hop,
      List<AggregationSpec> aggregations,
      List<String> latest,
      Duration emitEvery,
      Online online,
      boolean topic) {
    this(
        name,
        entity,
        source,
        where,
        hop,
        aggregations,
        latest,
        emitEvery,
        online,
        topic,
        Bootstrap.NONE,
        About.NOTHING);
  }

  public boolean isLatest() {
    return !latest.isEmpty();
  }

  /** With what a view begins. */
  public enum Bootstrap {
    /** With the rows that come from then on. */
    NONE,
    /** With its history: a job whose state does not hold it refuses to start. */
    OFFLINE
  }

  /**
   * What people want to know of a view.
   *
   * @param description what it is for; empty when the file does not say
   * @param owner who answers for it; empty when the file does not say
   * @param version counted up by hand when the meaning of its features changes, from 1 on
   */
  public record About(String description, String owner, int version) {

    public static final About NOTHING = new About("", "", 1);
  }

  /**
   * How a view is kept in the online store.
   *
   * @param ttl time after the last write when the entity's features disappear; absent: never
   * @param project Feast's project, the last part of the key in the {@code feast} layout
   */
  public record Online(Optional<Duration> ttl, Layout layout, String project) {}

  /** Byte layout of an entity's hash in Redis. */
  public enum Layout {
    /** One readable field per feature. */
    HASH,
    /** As Feast's SDK reads and writes it. */
    FEAST
  }
}
