package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.filter;
import static io.qdrant.client.ConditionFactory.hasId;
import static io.qdrant.client.ConditionFactory.range;

import io.millrace.records.EmbeddedRow;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.Common.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of the stored points a batch may change: those that are older than what comes.
 *
 * <p>One filter serves a whole batch, whose points are of different versions. A point older than
 * the oldest of the batch passes at once, which is the rule; only in a replay the points are looked
 * at one by one. Points of one version share a condition: conditions are what a filter costs, some
 * 10 µs of the server's time each.
 */
final class PointFilters {

  private PointFilters() {}

  /** Stored points that are older than the row of the same id. */
  static Filter olderThan(Collection<EmbeddedRow> rows) {
    SortedMap<Long, List<PointId>> versions = byVersion(rows);
    long oldest = versions.firstKey();
    Filter.Builder any = Filter.newBuilder();
    any.addShould(below(oldest));
    versions
        .tailMap(oldest + 1)
        .forEach((version, ids) -> any.addShould(both(hasId(ids), below(version))));
    return any.build();
  }

  /** Stored points of the same id that are not newer than the row. */
  static Filter notNewerThan(Collection<EmbeddedRow> rows) {
    Filter.Builder any = Filter.newBuilder();
    byVersion(rows).forEach((version, ids) -> any.addShould(both(hasId(ids), below(version + 1))));
    return any.build();
  }

  private static SortedMap<Long, List<PointId>> byVersion(Collection<EmbeddedRow> rows) {
    SortedMap<Long, List<PointId>> versions = new TreeMap<>();
    for (EmbeddedRow row : rows) {
      versions
          .computeIfAbsent(row.version(), version -> new ArrayList<>())
          .add(PointIdFactory.id(row.pointId()));
    }
    return versions;
  }

  /** Versions are below 2^53, so that a double holds them exactly. */
  private static Condition below(long version) {
    return range(PointFields.VERSION, Range.newBuilder().setLt((double) version).build());
  }

  private static Condition both(Condition one, Condition other) {
    return filter(Filter.newBuilder().addMust(one).addMust(other).build());
  }
}
