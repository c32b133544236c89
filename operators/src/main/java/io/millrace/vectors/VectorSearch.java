package io.millrace.vectors;

import io.millrace.embedding.EncoderSettings;
import io.millrace.embedding.EncoderUnavailableException;
import io.millrace.embedding.Encoders;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.ScoredPoint;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Finds the rows of an embedding whose text is nearest to a text.
 *
 * <p>The text is embedded by the model that embedded the rows; a collection of another model is
 * refused rather than searched. Where the collection has tenants, every query is of one tenant:
 * there is no call without.
 *
 * <p>Opening loads the model, which takes part of a second and its size in memory; a service opens
 * one and shares it. Thread safe.
 */
public final class VectorSearch implements AutoCloseable {

  private final TextEncoder encoder;
  private final EmbeddingSchema schema;
  private final QdrantLink link;
  private final QdrantCollection collection;
  private volatile boolean verified;

  private VectorSearch(TextEncoder encoder, QdrantSpec spec, EmbeddingSchema schema) {
    this.encoder = encoder;
    this.schema = schema;
    this.link = new QdrantLink(QdrantAddress.of(spec));
    this.collection = new QdrantCollection(link, QdrantSettings.of(spec), schema);
  }

  /**
   * Opens the model of an embedding; Qdrant is first asked by {@link #search}.
   *
   * @param schema of the embedding, with the types of its payload
   * @throws IllegalArgumentException when the model is not there, or the address malformed
   */
  public static VectorSearch open(EmbeddingSpec spec, EmbeddingSchema schema) {
    return of(Encoders.open(EncoderSettings.uncached(spec.model())), spec.qdrant(), schema);
  }

  /**
   * With an encoder of the caller's, for example one that has the vectors already; it is closed
   * with the search.
   *
   * @throws IllegalArgumentException when the address is malformed
   */
  public static VectorSearch of(TextEncoder encoder, QdrantSpec spec, EmbeddingSchema schema) {
    try {
      return new VectorSearch(encoder, spec, schema);
    } catch (RuntimeException failure) {
      encoder.close();
      throw failure;
    }
  }

  /**
   * The nearest points, nearest first.
   *
   * @throws IllegalArgumentException when the query lacks a tenant or has one too many, or filters
   *     by a field or a value that cannot be; or the encoder refuses the text
   * @throws IOException when Qdrant or the encoder does not answer, the collection is not there, or
   *     it is one of another model
   */
  public List<FoundPoint> search(VectorQuery query) throws IOException, InterruptedException {
    var filter = SearchFilters.of(query, schema);
    float[] vector = encode(query.text());
    try {
      if (!verified) {
        verify();
      }
      QueryPoints request =
          QueryPoints.newBuilder()
              .setCollectionName(collection.name())
              .setQuery(QueryFactory.nearest(vector))
              .setFilter(filter)
              .setLimit(query.limit())
              .setWithPayload(WithPayloadSelectorFactory.enable(true))
              .build();
      return link.call(client -> client.queryAsync(request)).stream().map(this::found).toList();
    } catch (QdrantFailure failure) {
      throw new IOException(link.address() + ": " + failure.getMessage(), failure);
    }
  }

  private void verify() throws QdrantFailure, InterruptedException {
    if (!collection.isThere()) {
      throw QdrantFailure.setting(
          "there is no collection '%s': it is made when the job writes its first point"
              .formatted(collection.name()));
    }
    collection.verify(encoder.model().id(), encoder.model().dimension());
    verified = true;
  }

  private float[] encode(String text) throws IOException, InterruptedException {
    Encoding encoding;
    try {
      encoding = encoder.encode(List.of(text), Purpose.QUERY).get(0);
    } catch (EncoderUnavailableException failure) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (encoding.isRefused()) {
      throw new IllegalArgumentException("the text cannot be embedded: " + encoding.refusal());
    }
    return encoding.vector();
  }

  private FoundPoint found(ScoredPoint point) {
    Map<String, Value> stored = point.getPayloadMap();
    Map<String, Object> payload = new LinkedHashMap<>();
    for (String field : schema.payload().getFieldNames()) {
      if (stored.containsKey(field)) {
        payload.put(field, PayloadValues.read(stored.get(field)));
      }
    }
    return new FoundPoint(
        point.getScore(),
        UUID.fromString(point.getId().getUuid()),
        text(stored, PointFields.KEY),
        schema.hasTenants() ? text(stored, schema.tenantField()) : "",
        (int) stored.getOrDefault(PointFields.CHUNK, Value.getDefaultInstance()).getIntegerValue(),
        text(stored, PointFields.TEXT),
        payload);
  }

  private static String text(Map<String, Value> stored, String field) {
    return stored.getOrDefault(field, Value.getDefaultInstance()).getStringValue();
  }

  @Override
  public void close() {
    try {
      encoder.close();
    } finally {
      link.close();
    }
  }
}
