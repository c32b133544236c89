package io.millrace.features;

import io.millrace.features.MomentOperator.Rows;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;

/**
 * What the online store is to hold at a moment: one vector for every entity of a history, computed
 * by the engine that serves. For batch executions only, which hand rows over sorted by entity and
 * time, and spill to disk what they cannot sort in memory.
 *
 * <p>The vector of an entity, its version included, is the last one that {@link FeatureTopology} or
 * {@link LatestTopology} would have emitted once it had taken in exactly the rows with times up to
 * and including the moment and time had reached it. A deleted entity has a vector that deletes it.
 * There is none for entities that the view's TTL had let go by then, nor for those that did not
 * change in the time asked for.
 */
public final class AsOfTopology {
  private AsOfTopology() {}

  /**
   * Computes the entities of a view. The caller sets the uids: {@code <uidPrefix>-events} and
   * {@code -vectors}.
   *
   * @param view the view, compiled
   * @param changelog whether rows are changes of a table
   * @param events what the view's program makes of its source's rows, with event times
   * @return vectors, one per entity, without an order
   */
  public static SingleOutputStreamOperator<FeatureVector> vectors(
      CompiledView view,
      boolean changelog,
      DataStream<RowData> events,
      AsOf asOf,
      String uidPrefix) {
    return vectors(view, changelog, events, asOf, uidPrefix, EntityHash.WHOLE);
  }

  static SingleOutputStreamOperator<FeatureVector> vectors(
      CompiledView view,
      boolean changelog,
      DataStream<RowData> events,
      AsOf asOf,
      String uidPrefix,
      int hashMask) {
    FeatureSchema schema = view.schema();
    String name = schema.view();
    EntityKeySelector entity = new EntityKeySelector(schema.entity());
    Rows kind = view.latest().isPresent() ? Rows.LATEST : Rows.AGGREGATED;
    long ttl = QuestionTopology.ttlMillis(view.view().online().ttl());
    return events
        .transform(
            name + ": events in order",
            events.getType(),
            new MomentOperator(
                name, kind, asOf.oldestRowMillis(view, changelog), asOf.timeMillis()))
        .setParallelism(events.getParallelism())
        .uid(uidPrefix + "-events")
        .keyBy(new EntityHash(entity, hashMask), Types.INT)
        .transform(
            name + ": vectors",
            new FeatureVectorTypeInfo(schema),
            new AsOfOperator(
                name,
                entity,
                QuestionTopology.histories(view, changelog, ttl),
                ttl,
                asOf,
                hashMask))
        .uid(uidPrefix + "-vectors");
  }

  /** The accumulator that counts the events taken in. */
  public static String eventsCounter(String view) {
    return QuestionTopology.eventsCounter(view);
  }

  /** The accumulator that counts vectors with values. */
  public static String entitiesCounter(String view) {
    return "entities of " + view;
  }

  /** The accumulator that counts vectors that delete. */
  public static String deletedCounter(String view) {
    return "deleted of " + view;
  }

  /** The accumulator that counts entities that the TTL had let go. */
  public static String expiredCounter(String view) {
    return "expired of " + view;
  }

  /** The accumulator that counts entities that did not change in the time asked for. */
  public static String unchangedCounter(String view) {
    return "unchanged of " + view;
  }
}
