package io.millrace.features;

import io.millrace.features.MomentOperator.Rows;
import io.millrace.records.FeatureSchema;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * What the features of entities were at given times: questions put to the engine that computes them
 * online. For batch executions only, which hand over both inputs sorted by entity and time, and
 * spill to disk what they cannot sort in memory.
 *
 * <p>The answer to a question of entity {@code e} at time {@code t} is what {@link FeatureTopology}
 * holds of {@code e} once it has taken in exactly the rows with times up to and including {@code t}
 * and time has reached {@code t}; in whatever order rows and questions come. It is null where the
 * online store would have nothing: before the entity's first row, after its deletion, and when the
 * view's TTL has passed since the last change.
 */
public final class QuestionTopology {
  /** In place of a question's id: the answer tells when a history begins. */
  public static final long BEGINNING = -1;

  private QuestionTopology() {}

  /**
   * Answers questions. The caller sets the uids: {@code <uidPrefix>-events}, {@code -questions} and
   * {@code -answers}.
   *
   * @param view the view, compiled
   * @param changelog whether rows are changes of a table
   * @param events what the view's program makes of its source's rows, with event times
   * @param questions rows of {@link #questionType}, with the times asked for as timestamps
   * @return rows of {@link #answerType}, without an order; the id is their timestamp
   */
  public static SingleOutputStreamOperator<RowData> answers(
      CompiledView view,
      boolean changelog,
      DataStream<RowData> events,
      DataStream<RowData> questions,
      String uidPrefix) {
    return answers(view, changelog, events, questions, uidPrefix, EntityHash.WHOLE);
  }

  static SingleOutputStreamOperator<RowData> answers(
      CompiledView view,
      boolean changelog,
      DataStream<RowData> events,
      DataStream<RowData> questions,
      String uidPrefix,
      int hashMask) {
    FeatureSchema schema = view.schema();
    String name = schema.view();
    EntityKeySelector entity = new EntityKeySelector(schema.entity());
    long ttl = ttlMillis(view.view().online().ttl());
    Rows kind = view.latest().isPresent() ? Rows.LATEST : Rows.AGGREGATED;
    DataStream<RowData> inOrder = placed(events, name, kind, uidPrefix + "-events");
    DataStream<RowData> asked = placed(questions, name, Rows.QUESTIONS, uidPrefix + "-questions");
    EntityHash hash = new EntityHash(entity, hashMask);
    return inOrder
        .keyBy(hash, Types.INT)
        .connect(asked.keyBy(hash, Types.INT))
        .transform(
            name + ": answers",
            InternalTypeInfo.of(answerType(schema)),
            new QuestionOperator(name, entity, histories(view, changelog, ttl), hashMask))
        .uid(uidPrefix + "-answers");
  }

  static EntityHistories.HistoryFactory histories(
      CompiledView view, boolean changelog, long ttlMillis) {
    if (view.latest().isPresent()) {
      LatestPlan plan = view.latest().get();
      return () -> new LatestHistory(plan, changelog, ttlMillis);
    }
    FeaturePlan plan = view.aggregations().orElseThrow();
    return () -> new AggregateHistory(plan, ttlMillis);
  }

  static long ttlMillis(Optional<Duration> ttl) {
    return ttl.map(Duration::toMillis).orElse(Long.MAX_VALUE);
  }

  private static DataStream<RowData> placed(
      DataStream<RowData> rows, String view, Rows kind, String uid) {
    return rows.transform(
            view + ": " + (kind == Rows.QUESTIONS ? "questions" : "events") + " in order",
            rows.getType(),
            new MomentOperator(view, kind))
        .setParallelism(rows.getParallelism())
        .uid(uid);
  }

  /** Rows that ask: the view's entity, and the question's id, 0 or greater. */
  public static RowType questionType(FeatureSchema schema) {
    RowType entity = schema.entity();
    int arity = entity.getFieldCount();
    LogicalType[] types = entity.getChildren().toArray(new LogicalType[arity + 1]);
    String[] names = entity.getFieldNames().toArray(new String[arity + 1]);
    types[arity] = new BigIntType(false);
    names[arity] = "question";
    return RowType.of(types, names);
  }

  /**
   * Rows that answer: the question's id and the view's values, null where there are none. With the
   * id {@link #BEGINNING} no answer, but the time of the oldest event that a subtask has seen.
   */
  public static RowType answerType(FeatureSchema schema) {
    return RowType.of(
        new LogicalType[] {new BigIntType(false), new BigIntType(true), schema.values().copy(true)},
        new String[] {"question", "begins", "values"});
  }

  /** The accumulator that counts the events taken in. */
  public static String eventsCounter(String view) {
    return "events of " + view;
  }

  /** The accumulator that counts questions about entities that had no event yet. */
  public static String unknownCounter(String view) {
    return "unknown to " + view;
  }

  /** The accumulator that counts questions whose values had expired or were deleted. */
  public static String goneCounter(String view) {
    return "gone from " + view;
  }

  /** The accumulator that counts events without a time, which are not taken in. */
  public static String untimedCounter(String view) {
    return "untimed of " + view;
  }
}
