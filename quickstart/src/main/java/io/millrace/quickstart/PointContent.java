package io.millrace.quickstart;

import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import io.qdrant.client.VectorOutputHelper;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * Everything a collection holds, by point id: the payload, each value as text, and the vector to
 * the last digit as the field {@value #VECTOR}.
 */
public record PointContent(Map<String, Map<String, String>> points) {

  /** Not the name of a payload field. */
  public static final String VECTOR = "(vector)";

  /** Points in an answer: a message of gRPC has 4 MB at most. */
  private static final int PAGE = 500;

  /** Reads all points; none where there is no such collection. Cost: one pass over them. */
  public static PointContent read(int grpcPort, String collection) throws InterruptedException {
    try (QdrantClient client =
        new QdrantClient(
            QdrantGrpcClient.newBuilder("127.0.0.1", grpcPort, false, false).build())) {
      Map<String, Map<String, String>> points = new TreeMap<>();
      if (!client.collectionExistsAsync(collection).get()) {
        return new PointContent(points);
      }
      ScrollPoints.Builder request =
          ScrollPoints.newBuilder()
              .setCollectionName(collection)
              .setLimit(PAGE)
              .setWithPayload(WithPayloadSelectorFactory.enable(true))
              .setWithVectors(WithVectorsSelectorFactory.enable(true));
      ScrollResponse page;
      do {
        page = client.scrollAsync(request.build()).get();
        page.getResultList().forEach(point -> points.put(point.getId().getUuid(), fields(point)));
        request.setOffset(page.getNextPageOffset());
      } while (page.hasNextPageOffset());
      return new PointContent(points);
    } catch (ExecutionException failure) {
      throw new IllegalStateException(
          "collection %s of Qdrant at 127.0.0.1:%d could not be read: %s"
              .formatted(collection, grpcPort, failure.getCause().getMessage()),
          failure.getCause());
    }
  }

  private static Map<String, String> fields(RetrievedPoint point) {
    Map<String, String> fields = new TreeMap<>();
    point.getPayloadMap().forEach((name, value) -> fields.put(name, shown(value)));
    if (point.hasVectors() && point.getVectors().hasVector()) {
      fields.put(
          VECTOR,
          VectorOutputHelper.getDenseVector(point.getVectors().getVector())
              .getDataList()
              .toString());
    }
    return fields;
  }

  private static String shown(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INTEGER_VALUE -> Long.toString(value.getIntegerValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.toString();
    };
  }
}
