package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.range;
import static io.qdrant.client.ValueFactory.value;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.VectorsFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.Common.Range;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.UpsertPoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Writes one batch so that whatever was written before, in whatever order, the newest version of
 * each point stays.
 *
 * <ul>
 *   <li>A delete first leaves a tombstone with its version in the companion collection, then
 *       removes the point unless that is newer.
 *   <li>An upsert is left out when there is a newer tombstone, and changes only points that are
 *       older.
 * </ul>
 *
 * Both can be repeated at any time with the same outcome. Thread safe; but batches that share a
 * point are written one after the other, by one writer: between an upsert's look at the tombstones
 * and its write no delete of the same point may come.
 */
final class QdrantBatch {

  private final QdrantLink link;
  private final QdrantCollection collection;
  private final PointForm form;
  private final LongSupplier clock;

  /** Whether others, or this job before it was restarted, deleted points. */
  private volatile boolean foundTombstones = true;

  private volatile boolean buried;
  private volatile boolean collectionSeen;

  /**
   * @param clock milliseconds since 1970
   */
  QdrantBatch(
      QdrantLink link, QdrantCollection collection, EmbeddingSchema schema, LongSupplier clock) {
    this.clock = clock;
    this.link = link;
    this.collection = collection;
    this.form = new PointForm(schema);
  }

  /** Asks once whether anything was ever deleted; while nothing was, no upsert asks again. */
  void lookForTombstones() throws QdrantFailure, InterruptedException {
    foundTombstones = link.call(client -> client.countAsync(collection.tombstones())) > 0;
  }

  /**
   * @param rows at most one for each point
   * @return the upserts that a newer delete made void
   */
  List<EmbeddedRow> write(Collection<EmbeddedRow> rows) throws QdrantFailure, InterruptedException {
    List<EmbeddedRow> deletes = new ArrayList<>();
    Map<UUID, EmbeddedRow> upserts = new LinkedHashMap<>();
    for (EmbeddedRow row : rows) {
      if (row.isDelete()) {
        deletes.add(row);
      } else {
        upserts.put(row.pointId(), row);
      }
    }
    if (!deletes.isEmpty()) {
      buried = true;
      bury(deletes);
    }
    List<EmbeddedRow> leftOut = List.of();
    if ((foundTombstones || buried) && !upserts.isEmpty()) {
      leftOut = leaveOutDeleted(upserts);
    }
    if (!upserts.isEmpty()) {
      upsert(collection.name(), upserts.values(), false);
    }
    return leftOut;
  }

  private void bury(List<EmbeddedRow> deletes) throws QdrantFailure, InterruptedException {
    upsert(collection.tombstones(), deletes, true);
    if (!collectionSeen && !collection.isThere()) {
      return;
    }
    collectionSeen = true;
    DeletePoints request =
        DeletePoints.newBuilder()
            .setCollectionName(collection.name())
            .setWait(true)
            .setPoints(PointsSelector.newBuilder().setFilter(PointFilters.notNewerThan(deletes)))
            .build();
    link.call(client -> client.deleteAsync(request));
  }

  private List<EmbeddedRow> leaveOutDeleted(Map<UUID, EmbeddedRow> upserts)
      throws QdrantFailure, InterruptedException {
    List<EmbeddedRow> leftOut = new ArrayList<>();
    List<PointId> ids = upserts.keySet().stream().map(PointIdFactory::id).toList();
    List<RetrievedPoint> tombstones =
        link.call(
            client ->
                client.retrieveAsync(
                    collection.tombstones(),
                    ids,
                    WithPayloadSelectorFactory.enable(true),
                    WithVectorsSelectorFactory.enable(false),
                    null));
    for (RetrievedPoint tombstone : tombstones) {
      UUID id = UUID.fromString(tombstone.getId().getUuid());
      long deleted = tombstone.getPayloadOrThrow(PointFields.VERSION).getIntegerValue();
      if (deleted >= upserts.get(id).version()) {
        leftOut.add(upserts.remove(id));
      }
    }
    return leftOut;
  }

  private void upsert(String into, Collection<EmbeddedRow> rows, boolean tombstones)
      throws QdrantFailure, InterruptedException {
    UpsertPoints.Builder request =
        UpsertPoints.newBuilder()
            .setCollectionName(into)
            .setWait(true)
            .setUpdateFilter(PointFilters.olderThan(rows));
    for (EmbeddedRow row : rows) {
      request.addPoints(tombstones ? tombstone(row) : form.point(row));
    }
    link.call(client -> client.upsertAsync(request.build()));
  }

  private PointStruct tombstone(EmbeddedRow row) {
    return PointStruct.newBuilder()
        .setId(PointIdFactory.id(row.pointId()))
        // Without any it would be refused; there are none of these in the collection.
        .setVectors(VectorsFactory.namedVectors(Map.of()))
        .putPayload(PointFields.VERSION, value(row.version()))
        .putPayload(PointFields.DELETED_AT, value(clock.getAsLong()))
        .build();
  }

  /**
   * Forgets which points were deleted before a time.
   *
   * @param millis since 1970
   */
  void forgetDeletesBefore(long millis) throws QdrantFailure, InterruptedException {
    if (!foundTombstones && !buried) {
      return;
    }
    Filter old =
        Filter.newBuilder()
            .addMust(
                range(PointFields.DELETED_AT, Range.newBuilder().setLt((double) millis).build()))
            .build();
    DeletePoints request =
        DeletePoints.newBuilder()
            .setCollectionName(collection.tombstones())
            .setWait(true)
            .setPoints(PointsSelector.newBuilder().setFilter(old))
            .build();
    link.call(client -> client.deleteAsync(request));
  }
}
