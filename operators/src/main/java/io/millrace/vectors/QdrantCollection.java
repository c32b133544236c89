package io.millrace.vectors;

import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.ValueFactory;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.HnswConfigDiff;
import io.qdrant.client.grpc.Collections.KeywordIndexParams;
import io.qdrant.client.grpc.Collections.PayloadIndexParams;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.UpdateCollection;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.util.Map;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The collection that an embedding is written to, and its companion of tombstones.
 *
 * <p>A collection belongs to one model: its id stands in the collection's metadata, and a
 * collection of another model, dimension or distance is refused before anything is written.
 */
final class QdrantCollection {

  /** Key in the collection's metadata. */
  static final String MODEL_METADATA = "millrace_model";

  private static final String TOMBSTONES = ".tombstones";

  /** Links of a point in the vector index, Qdrant's default; without links there is no index. */
  private static final int LINKS = 16;

  private final QdrantLink link;
  private final QdrantSettings settings;
  private final EmbeddingSchema schema;

  QdrantCollection(QdrantLink link, QdrantSettings settings, EmbeddingSchema schema) {
    this.link = link;
    this.settings = settings;
    this.schema = schema;
  }

  String name() {
    return schema.collection();
  }

  /** Points without vectors: the versions of points that were deleted. */
  String tombstones() {
    return name() + TOMBSTONES;
  }

  /**
   * Creates what is missing and checks what is there.
   *
   * @throws QdrantFailure of kind SETTING if the collection is not one for this model
   */
  void prepare(String model, int dimension) throws QdrantFailure, InterruptedException {
    if (!exists(name())) {
      createUnlessThere(
          CreateCollection.newBuilder()
              .setCollectionName(name())
              .setVectorsConfig(
                  VectorsConfig.newBuilder()
                      .setParams(
                          VectorParams.newBuilder()
                              .setSize(dimension)
                              .setDistance(Distance.Cosine)))
              .putMetadata(MODEL_METADATA, ValueFactory.value(model))
              .build());
    }
    verify(model, dimension);
    prepareForDeletes();
    createIndexes();
    if (!settings.bulk() && indexIsPutOff()) {
      buildIndex(true);
    }
  }

  /** A bulk load that was cancelled leaves its collection without the vector index. */
  private boolean indexIsPutOff() throws QdrantFailure, InterruptedException {
    HnswConfigDiff config =
        link.call(client -> client.getCollectionInfoAsync(name())).getConfig().getHnswConfig();
    return config.hasM() && config.getM() == 0;
  }

  /** A point may be deleted before any was written: its tombstone is kept all the same. */
  void prepareForDeletes() throws QdrantFailure, InterruptedException {
    if (!exists(tombstones())) {
      createUnlessThere(CreateCollection.newBuilder().setCollectionName(tombstones()).build());
      link.call(
          client ->
              client.createPayloadIndexAsync(
                  tombstones(),
                  PointFields.DELETED_AT,
                  PayloadSchemaType.Integer,
                  null,
                  true,
                  null,
                  null));
    }
  }

  boolean isThere() throws QdrantFailure, InterruptedException {
    return exists(name());
  }

  private boolean exists(String collection) throws QdrantFailure, InterruptedException {
    return link.call(client -> client.collectionExistsAsync(collection));
  }

  /** Another subtask may be faster. */
  private void createUnlessThere(CreateCollection request)
      throws QdrantFailure, InterruptedException {
    try {
      link.call(client -> client.createCollectionAsync(request));
    } catch (QdrantFailure failure) {
      if (!exists(request.getCollectionName())) {
        throw failure;
      }
    }
  }

  /**
   * @throws QdrantFailure of kind SETTING if the collection is not one for this model
   */
  void verify(String model, int dimension) throws QdrantFailure, InterruptedException {
    CollectionInfo info = link.call(client -> client.getCollectionInfoAsync(name()));
    VectorsConfig vectors = info.getConfig().getParams().getVectorsConfig();
    if (!vectors.hasParams()) {
      throw refused("has named vectors or none", "one unnamed vector of " + dimension);
    }
    VectorParams params = vectors.getParams();
    if (params.getSize() != dimension) {
      throw refused(
          "has vectors of " + params.getSize() + " dimensions", model + " makes " + dimension);
    }
    if (params.getDistance() != Distance.Cosine) {
      throw refused("compares by " + params.getDistance(), "Cosine is needed");
    }
    Value written = info.getConfig().getMetadataMap().get(MODEL_METADATA);
    if (written != null && !written.getStringValue().equals(model)) {
      throw refused(
          "holds vectors of the model " + written.getStringValue(), "this embedding uses " + model);
    }
    if (written == null && info.getPointsCount() > 0) {
      throw refused(
          "holds points and does not say of which model",
          "one that Millrace made, or an empty one");
    }
  }

  private QdrantFailure refused(String found, String expected) {
    return QdrantFailure.setting(
        "collection '%s' %s, but %s: vectors of two kinds cannot be compared. Name another collection in embeddings.%s.qdrant.collection, or delete this one"
            .formatted(name(), found, expected, schema.embedding()));
  }

  private void createIndexes() throws QdrantFailure, InterruptedException {
    Map<String, PayloadSchemaType> present = new java.util.HashMap<>();
    CollectionInfo info = link.call(client -> client.getCollectionInfoAsync(name()));
    info.getPayloadSchemaMap().forEach((field, type) -> present.put(field, type.getDataType()));
    if (schema.hasTenants() && !present.containsKey(schema.tenantField())) {
      PayloadIndexParams tenants =
          PayloadIndexParams.newBuilder()
              .setKeywordIndexParams(KeywordIndexParams.newBuilder().setIsTenant(true))
              .build();
      createIndex(schema.tenantField(), PayloadSchemaType.Keyword, tenants);
    }
    if (wantsIndexes(info) && !present.containsKey(PointFields.VERSION)) {
      createIndex(PointFields.VERSION, PayloadSchemaType.Integer, null);
    }
    for (String field : settings.indexes()) {
      int position = schema.payload().getFieldIndex(field);
      if (position < 0 || present.containsKey(field)) {
        continue;
      }
      LogicalType type = schema.payload().getTypeAt(position);
      PayloadSchemaType index = PayloadValues.index(type).orElse(null);
      if (index != null) {
        createIndex(field, index, null);
      }
    }
  }

  /**
   * Versions are compared point by point, by id, which is faster without an index of them. A server
   * in strict mode may insist on one.
   */
  private static boolean wantsIndexes(CollectionInfo info) {
    var strict = info.getConfig().getStrictModeConfig();
    return strict.getEnabled()
        && strict.hasUnindexedFilteringUpdate()
        && !strict.getUnindexedFilteringUpdate();
  }

  private void createIndex(String field, PayloadSchemaType type, PayloadIndexParams params)
      throws QdrantFailure, InterruptedException {
    link.call(
        client -> client.createPayloadIndexAsync(name(), field, type, params, true, null, null));
  }

  /** Builds the vector index of what is there from now on, or lets it be until the load ends. */
  void buildIndex(boolean build) throws QdrantFailure, InterruptedException {
    UpdateCollection request =
        UpdateCollection.newBuilder()
            .setCollectionName(name())
            .setHnswConfig(HnswConfigDiff.newBuilder().setM(build ? LINKS : 0))
            .build();
    link.call(client -> client.updateCollectionAsync(request));
  }
}
