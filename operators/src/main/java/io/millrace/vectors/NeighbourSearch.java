package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.hasId;
import static io.qdrant.client.ConditionFactory.isEmpty;
import static io.qdrant.client.ConditionFactory.matchKeyword;

import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.SearchParams;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Finds the points nearest to a row's own: of the same collection, hence of the same model, of the
 * same tenant, and never the row's own.
 *
 * <p>A search sees every point that was acknowledged before it began. So of two rows that are each
 * looked for after their own point was acknowledged, one finds the other, whatever their order. An
 * outage is waited for as writes do. Thread safe.
 */
public final class NeighbourSearch implements AutoCloseable {

  private static final double DIGITS = 1e4;
  private static final List<String> SHOWN = List.of(PointFields.CONTENT_HASH, PointFields.VERSION);

  private final QdrantLink link;
  private final QdrantPatience patience;
  private final EmbeddingSchema schema;
  private final DuplicatesSpec.Neighbours neighbours;
  private final boolean chunked;

  NeighbourSearch(
      QdrantAddress address,
      EmbeddingSchema schema,
      DuplicatesSpec.Neighbours neighbours,
      boolean chunked,
      Duration patience) {
    this.link = new QdrantLink(address);
    this.patience = new QdrantPatience(address, patience, schema.embedding(), () -> {});
    this.schema = schema;
    this.neighbours = neighbours;
    this.chunked = chunked;
  }

  /**
   * The neighbours of a row, nearest first.
   *
   * @param row whose point was written
   * @throws IOException when Qdrant was away longer than the patience, or refuses the search
   */
  public List<Neighbour> of(EmbeddedRow row) throws IOException, InterruptedException {
    QueryPoints request =
        QueryPoints.newBuilder()
            .setCollectionName(schema.collection())
            .setQuery(QueryFactory.nearest(row.vector()))
            .setFilter(others(row))
            .setLimit(neighbours.limit())
            .setScoreThreshold((float) neighbours.similarity())
            .setParams(SearchParams.newBuilder().setExact(neighbours.exact()))
            .setWithPayload(WithPayloadSelectorFactory.include(SHOWN))
            .build();
    try {
      return patience.send(() -> link.call(client -> client.queryAsync(request))).stream()
          .map(NeighbourSearch::neighbour)
          .toList();
    } catch (QdrantFailure refused) {
      throw new IOException(
          "%s refused the search for neighbours of %s: %s"
              .formatted(link.address(), row.key(), refused.getMessage()),
          refused);
    }
  }

  private Filter others(EmbeddedRow row) {
    Filter.Builder filter = Filter.newBuilder().addMustNot(hasId(PointIdFactory.id(row.pointId())));
    if (schema.hasTenants()) {
      filter.addMust(matchKeyword(schema.tenantField(), row.tenant()));
    }
    if (chunked) {
      filter.addMust(isEmpty(PointFields.CHUNK));
    }
    return filter.build();
  }

  private static Neighbour neighbour(ScoredPoint point) {
    return new Neighbour(
        point.getId().getUuid(),
        field(point, PointFields.VERSION).getIntegerValue(),
        field(point, PointFields.CONTENT_HASH).getStringValue(),
        Math.round(point.getScore() * DIGITS) / DIGITS);
  }

  private static Value field(ScoredPoint point, String name) {
    return point.getPayloadMap().getOrDefault(name, Value.getDefaultInstance());
  }

  @Override
  public void close() {
    link.close();
  }
}
