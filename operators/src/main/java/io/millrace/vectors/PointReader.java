package io.millrace.vectors;

import io.qdrant.client.ConditionFactory;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/**
 * Reads points of a collection as rows: those nearest to vectors, those of ids, and all of them;
 * always only those that fulfil the conditions it was made with. Any collection with one unnamed
 * vector will do, whoever wrote it.
 *
 * <p>While Qdrant is away, requests wait up to the patience and then fail with its address. Thread
 * safe.
 */
public final class PointReader implements AutoCloseable {

  /**
   * A page of a scan.
   *
   * @param ids of the rows, in the order of the collection
   * @param last whether there is none after it
   */
  public record Page(List<String> ids, List<RowData> rows, boolean last) {}

  private final QdrantLink link;
  private final String collection;
  private final PointRows rows;
  private final Filter filter;
  private final QdrantPatience patience;
  private final WithPayloadSelector payload;
  private final WithVectorsSelector vectors;
  private volatile long dimension = -1;
  private volatile String model = "";

  PointReader(
      QdrantAddress address,
      String collection,
      Duration patience,
      PointRows rows,
      List<PointCondition> conditions) {
    link = new QdrantLink(address);
    this.collection = collection;
    this.rows = rows;
    filter = PointCondition.filterOf(conditions);
    this.patience = QdrantPatience.reading(address, patience);
    payload =
        rows.payload().isEmpty()
            ? WithPayloadSelectorFactory.enable(false)
            : WithPayloadSelectorFactory.include(rows.payload());
    vectors = WithVectorsSelectorFactory.enable(rows.wantVectors());
  }

  /**
   * Looks at the collection.
   *
   * @throws IllegalArgumentException when it is not there, or not one that can be read
   * @throws IOException when Qdrant does not answer
   */
  public void check() throws IOException, InterruptedException {
    CollectionInfo info =
        send(
            () -> {
              if (link.call(client -> client.collectionExistsAsync(collection))) {
                return link.call(client -> client.getCollectionInfoAsync(collection));
              }
              List<String> there = link.call(client -> client.listCollectionsAsync());
              throw QdrantFailure.setting(
                  "there is no collection '%s', but %s: it is made when its job writes the first point"
                      .formatted(collection, there.stream().sorted().toList()));
            });
    var config = info.getConfig().getParams().getVectorsConfig();
    if (!config.hasParams()) {
      throw new IllegalArgumentException(
          "%s: collection '%s' has named vectors or none; one unnamed vector is needed"
              .formatted(link.address(), collection));
    }
    Value written = info.getConfig().getMetadataMap().get(QdrantCollection.MODEL_METADATA);
    model = written == null ? "" : written.getStringValue();
    dimension = config.getParams().getSize();
  }

  /**
   * The nearest points to vectors, nearest first, in the order of the vectors. Rows have one column
   * more than the reader's: the score, a double, by the collection's measure.
   *
   * @param most points for each vector
   * @throws IllegalArgumentException when a vector is not of the collection's dimension, or holds
   *     what is no number
   * @throws IOException when Qdrant does not answer
   */
  public List<List<RowData>> search(List<float[]> vectors, int most)
      throws IOException, InterruptedException {
    if (dimension < 0) {
      check();
    }
    List<QueryPoints> queries = new ArrayList<>(vectors.size());
    for (float[] vector : vectors) {
      checkVector(vector);
      queries.add(
          QueryPoints.newBuilder()
              .setCollectionName(collection)
              .setQuery(QueryFactory.nearest(vector))
              .setFilter(filter)
              .setLimit(most)
              .setWithPayload(payload)
              .setWithVectors(this.vectors)
              .build());
    }
    List<BatchResult> results =
        send(() -> link.call(client -> client.queryBatchAsync(collection, queries)));
    List<List<RowData>> found = new ArrayList<>(results.size());
    for (BatchResult result : results) {
      List<RowData> nearest = new ArrayList<>(result.getResultCount());
      for (ScoredPoint point : result.getResultList()) {
        GenericRowData row = rows.row(point.getId(), point.getPayloadMap(), point.getVectors(), 1);
        row.setField(row.getArity() - 1, (double) point.getScore());
        nearest.add(row);
      }
      found.add(nearest);
    }
    return found;
  }

  /**
   * @throws IllegalArgumentException when the vector cannot be searched for
   */
  private void checkVector(float[] vector) {
    if (vector.length != dimension) {
      throw new IllegalArgumentException(
          "the vector searched for has %d dimensions, those of collection '%s' have %d: search with the model that made them%s"
              .formatted(
                  vector.length, collection, dimension, model.isEmpty() ? "" : ", " + model));
    }
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw new IllegalArgumentException(
            "the vector searched for holds " + number + "; finite numbers can be compared");
      }
    }
  }

  /** The points of ids that are there, in any order. */
  public Map<UUID, RowData> get(Collection<UUID> ids) throws IOException, InterruptedException {
    Filter these =
        filter.toBuilder()
            .addMust(ConditionFactory.hasId(ids.stream().map(PointIdFactory::id).toList()))
            .build();
    ScrollResponse response = scroll(null, ids.size(), these);
    Map<UUID, RowData> found = new HashMap<>();
    for (RetrievedPoint point : response.getResultList()) {
      found.put(UUID.fromString(point.getId().getUuid()), row(point));
    }
    return found;
  }

  /**
   * A page of all points, in the order of their ids.
   *
   * @param after the last id of the page before; empty for the first
   * @param most rows on the page
   */
  public Page scan(String after, int most) throws IOException, InterruptedException {
    // Qdrant begins with the id that it is given.
    ScrollResponse response =
        scroll(after.isEmpty() ? null : id(after), after.isEmpty() ? most : most + 1, filter);
    List<String> ids = new ArrayList<>();
    List<RowData> page = new ArrayList<>();
    for (RetrievedPoint point : response.getResultList()) {
      String id = PointRows.text(point.getId());
      if (!id.equals(after)) {
        ids.add(id);
        page.add(row(point));
      }
    }
    return new Page(ids, page, !response.hasNextPageOffset());
  }

  private static PointId id(String text) {
    return text.indexOf('-') < 0
        ? PointId.newBuilder().setNum(Long.parseUnsignedLong(text)).build()
        : PointIdFactory.id(UUID.fromString(text));
  }

  private ScrollResponse scroll(PointId from, int most, Filter which)
      throws IOException, InterruptedException {
    ScrollPoints.Builder request =
        ScrollPoints.newBuilder()
            .setCollectionName(collection)
            .setFilter(which)
            .setLimit(most)
            .setWithPayload(payload)
            .setWithVectors(vectors);
    if (from != null) {
      request.setOffset(from);
    }
    return send(() -> link.call(client -> client.scrollAsync(request.build())));
  }

  private RowData row(RetrievedPoint point) {
    return rows.row(point.getId(), point.getPayloadMap(), point.getVectors(), 0);
  }

  /**
   * @throws IllegalArgumentException for what no waiting mends
   */
  private <T> T send(QdrantPatience.Request<T> request) throws IOException, InterruptedException {
    try {
      return patience.answer(request);
    } catch (QdrantFailure failure) {
      throw new IllegalArgumentException(link.address() + ": " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
