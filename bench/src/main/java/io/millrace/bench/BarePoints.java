package io.millrace.bench;

import com.google.common.util.concurrent.ListenableFuture;
import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import io.qdrant.client.VectorOutputHelper;
import io.qdrant.client.VectorsFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionStatus;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.KeywordIndexParams;
import io.qdrant.client.grpc.Collections.PayloadIndexParams;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.UpdateResult;
import io.qdrant.client.grpc.Points.UpsertPoints;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** What a user would write with Qdrant's client alone: no versions, no tombstones, no retries. */
final class BarePoints implements AutoCloseable {

  /** Points in an answer: a message of gRPC has 4 MB at most. */
  private static final int PAGE = 500;

  private final QdrantClient client;

  BarePoints(String host, int port) {
    client = new QdrantClient(QdrantGrpcClient.newBuilder(host, port, false).build());
  }

  /** An empty collection with an index of the tenants, as the sink makes one. */
  void create(String collection) throws ExecutionException, InterruptedException {
    delete(collection);
    client
        .createCollectionAsync(
            collection,
            VectorParams.newBuilder()
                .setSize(BenchPoints.DIMENSION)
                .setDistance(Distance.Cosine)
                .build())
        .get();
    client
        .createPayloadIndexAsync(
            collection,
            BenchPoints.TENANT_FIELD,
            PayloadSchemaType.Keyword,
            PayloadIndexParams.newBuilder()
                .setKeywordIndexParams(KeywordIndexParams.newBuilder().setIsTenant(true))
                .build(),
            true,
            null,
            null)
        .get();
  }

  void delete(String collection) throws ExecutionException, InterruptedException {
    if (client.collectionExistsAsync(collection).get()) {
      client.deleteCollectionAsync(collection).get();
    }
  }

  /** Every point of a collection, ready to be written. */
  List<PointStruct> read(String collection) throws ExecutionException, InterruptedException {
    ScrollPoints.Builder request =
        ScrollPoints.newBuilder()
            .setCollectionName(collection)
            .setLimit(PAGE)
            .setWithPayload(WithPayloadSelectorFactory.enable(true))
            .setWithVectors(WithVectorsSelectorFactory.enable(true));
    List<PointStruct> points = new ArrayList<>();
    ScrollResponse page;
    do {
      page = client.scrollAsync(request.build()).get();
      page.getResultList().forEach(point -> points.add(ready(point)));
      request.setOffset(page.getNextPageOffset());
    } while (page.hasNextPageOffset());
    return points;
  }

  private static PointStruct ready(RetrievedPoint point) {
    return PointStruct.newBuilder()
        .setId(point.getId())
        .setVectors(
            VectorsFactory.vectors(
                VectorOutputHelper.getDenseVector(point.getVectors().getVector()).getDataList()))
        .putAllPayload(point.getPayloadMap())
        .build();
  }

  /**
   * Writes points in batches, some of them under way at once; returns when all are acknowledged.
   */
  void write(String collection, List<PointStruct> points, int batch, int inFlight)
      throws ExecutionException, InterruptedException {
    Deque<ListenableFuture<UpdateResult>> underWay = new ArrayDeque<>();
    for (int from = 0; from < points.size(); from += batch) {
      if (underWay.size() == inFlight) {
        underWay.removeFirst().get();
      }
      underWay.add(
          client.upsertAsync(
              UpsertPoints.newBuilder()
                  .setCollectionName(collection)
                  .setWait(true)
                  .addAllPoints(points.subList(from, Math.min(points.size(), from + batch)))
                  .build()));
    }
    while (!underWay.isEmpty()) {
      underWay.removeFirst().get();
    }
  }

  /** Whether everything is indexed that is to be. */
  boolean isSettled(String collection) throws ExecutionException, InterruptedException {
    CollectionInfo info = client.getCollectionInfoAsync(collection).get();
    return info.getStatus() == CollectionStatus.Green;
  }

  long indexedVectors(String collection) throws ExecutionException, InterruptedException {
    return client.getCollectionInfoAsync(collection).get().getIndexedVectorsCount();
  }

  @Override
  public void close() {
    client.close();
  }
}
