package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.filter;
import static io.qdrant.client.ConditionFactory.hasId;
import static io.qdrant.client.ConditionFactory.range;

import io.millrace.records.EmbeddedRow;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.Range;
import java.util.Collection;

/**
 * Which of the stored points a batch may change: those that are older than what comes.
 *
 * <p>One filter serves a whole batch, whose points are of different versions. A point older than
 * the oldest of the batch passes at once, which is the rule; only in a replay the points are looked
 * at one by one.
 */
final class PointFilters {

  private PointFilters() {}

  /** Stored points that are older than the row of the same id. */
  static Filter olderThan(Collection<EmbeddedRow> rows) {
    long oldest = rows.stream().mapToLong(EmbeddedRow::version).min().orElseThrow();
    Filter.Builder any = Filter.newBuilder();
    any.addShould(below(oldest));
    if (rows.size() > 1) {
      for (EmbeddedRow row : rows) {
        if (row.version() > oldest) {
          any.addShould(both(row, below(row.version())));
        }
      }
    }
    return any.build();
  }

  /** Stored points of the same id that are not newer than the row. */
  static Filter notNewerThan(Collection<EmbeddedRow> rows) {
    Filter.Builder any = Filter.newBuilder();
    for (EmbeddedRow row : rows) {
      any.addShould(
          both(
              row,
              range(
                  PointFields.VERSION, Range.newBuilder().setLte((double) row.version()).build())));
    }
    return any.build();
  }

  /** Versions are below 2^53, so that a double holds them exactly. */
  private static Condition below(long version) {
    return range(PointFields.VERSION, Range.newBuilder().setLt((double) version).build());
  }

  private static Condition both(EmbeddedRow row, Condition condition) {
    return filter(
        Filter.newBuilder()
            .addMust(hasId(PointIdFactory.id(row.pointId())))
            .addMust(condition)
            .build());
  }
}
