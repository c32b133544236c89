package io.millrace.jobs.training;

import io.millrace.ingest.Position;
import io.millrace.ingest.PositionedRows;
import io.millrace.jobs.contracts.FollowedContract;
import io.millrace.jobs.offline.HistoryPositions;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.jobs.sources.TopicEnds;
import io.millrace.jobs.sources.TopicPart;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of the offline store up to the positions that it has reached, and from there the topic
 * up to where it ended when this was made: every row that a live job can have taken in by then,
 * each once. A table alone lags behind by the interval of its commits.
 *
 * @param from by partition where the table ends; of partitions that are not named the topic is read
 *     from its beginning
 * @param until by partition where the topic ended
 */
record StoreThenTopic(
    TrainingHistory store,
    KafkaOrigin kafka,
    FollowedContract followed,
    SortedMap<Integer, Long> from,
    SortedMap<Integer, Long> until)
    implements TrainingHistory {
  private static final Logger LOG = LoggerFactory.getLogger(StoreThenTopic.class);

  /**
   * The table, continued.
   *
   * @param followed by which the topic's records are decided
   * @return empty where the two do not join: Kafka does not answer, the topic no longer has what
   *     comes after the table, or the table does not say where its rows came from
   */
  static Optional<TrainingHistory> of(
      Pipeline pipeline,
      Source source,
      TrainingHistory.OfStore store,
      KafkaOrigin kafka,
      FollowedContract followed) {
    if (!followed.outOfReach().isEmpty() || !source.hasPositions()) {
      return Optional.empty();
    }
    HistoryPositions reached = OfflineHistory.of(pipeline).positions(source, store.snapshot());
    TopicEnds topic;
    try {
      topic = TopicEnds.of(kafka);
    } catch (IOException away) {
      LOG.warn("{} cannot be continued by its topic", store.describe(), away);
      return Optional.empty();
    }
    if (!reached.join(topic.end().keySet()) || !topic.gaps(reached.next(), topic.end()).isEmpty()) {
      LOG.warn("{} ends before its topic begins, or does not say where", store.describe());
      return Optional.empty();
    }
    return Optional.of(new StoreThenTopic(store, kafka, followed, reached.next(), topic.end()));
  }

  @Override
  public String describe() {
    return store.describe() + ", then topic " + kafka.topic();
  }

  @Override
  public boolean changelog() {
    return store.changelog();
  }

  @Override
  public Optional<FollowedContract> contract() {
    return Optional.of(followed);
  }

  @Override
  public boolean upToDate() {
    return true;
  }

  /** Of the table. */
  @Override
  public OptionalLong newestEventMillis() {
    return store.newestEventMillis();
  }

  @Override
  public DataStream<RowData> rowsOfUnknownTime(
      StreamExecutionEnvironment env,
      Source source,
      BiConsumer<DataStream<DeadLetter>, String> refused) {
    return topic(env, source, false, refused);
  }

  private DataStream<RowData> topic(
      StreamExecutionEnvironment env,
      Source source,
      boolean placed,
      BiConsumer<DataStream<DeadLetter>, String> refused) {
    String uid = uid(source);
    SourceStreams part =
        TopicPart.of(env, source, kafka, followed.overlay(), from, until, placed, uid);
    return Histories.passed(source, part, kafka.topic(), uid, refused);
  }

  @Override
  public DataStream<RowData> rows(
      StreamExecutionEnvironment env,
      Source source,
      HistoryRequest request,
      BiConsumer<DataStream<DeadLetter>, String> refused)
      throws IOException {
    DataStream<RowData> later = topic(env, source, request.placed(), refused);
    return store
        .rows(env, source, request, refused)
        .union(request.placed() ? behindTheTable(source, later) : later);
  }

  /** A table places its rows in partition 0, by their sequence; the topic's come after them. */
  private static DataStream<RowData> behindTheTable(Source source, DataStream<RowData> rows) {
    RowType type = PositionedRows.type(source);
    int columns = type.getFieldCount();
    int[] own = IntStream.range(0, source.rowType().getFieldCount()).toArray();
    return rows.map(
            row -> {
              Position at = PositionedRows.position(row, columns);
              return PositionedRows.of(
                  ProjectedRowData.from(own).replaceRow(row),
                  new Position(at.partition() + 1, at.offset()));
            })
        .returns(InternalTypeInfo.of(type))
        .name(source.name() + ": behind the table")
        .uid(uid(source) + "-behind");
  }

  private static String uid(Source source) {
    return "history-" + source.name() + "-topic";
  }
}
