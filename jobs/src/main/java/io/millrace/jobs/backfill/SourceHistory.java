package io.millrace.jobs.backfill;

import io.millrace.jobs.contracts.FollowedContract;
import io.millrace.jobs.offline.HistoryPositions;
import io.millrace.jobs.offline.HistoryRange;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.jobs.sources.TopicEnds;
import io.millrace.jobs.sources.TopicPart;
import io.millrace.jobs.training.Histories;
import io.millrace.jobs.training.HistoryRequest;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;

/**
 * The rows of a source up to some offsets of its topic, each once, whatever they are read from:
 *
 * <ul>
 *   <li>what a baseline has not taken in yet, from the topic;
 *   <li>else files, which hold all rows before a time, and from that time on the topic;
 *   <li>else the offline store up to the positions that it has reached, and from there the topic;
 *   <li>else the topic alone.
 * </ul>
 */
final class SourceHistory {
  private final Pipeline pipeline;
  private final Source source;
  private final KafkaOrigin origin;
  private final SortedMap<Integer, Long> until;
  private final FollowedContract contract;
  private SortedMap<Integer, Long> from = new TreeMap<>();
  private OptionalLong snapshot = OptionalLong.empty();
  private Optional<Histories> files = Optional.empty();
  private long filesUntil = Long.MAX_VALUE;
  private long firstMillis = Long.MIN_VALUE;
  private String words;

  /**
   * @param until by partition the first offset that comes live
   * @param contract by which records of the topic are read
   */
  SourceHistory(
      Pipeline pipeline, Source source, SortedMap<Integer, Long> until, FollowedContract contract) {
    this.pipeline = pipeline;
    this.source = source;
    this.origin = (KafkaOrigin) source.origin();
    this.until = until;
    this.contract = contract;
  }

  Source source() {
    return source;
  }

  /** By partition the first offset that comes live. */
  SortedMap<Integer, Long> until() {
    return until;
  }

  /** Reads what a baseline that ends at some offsets has not taken in. */
  void after(SortedMap<Integer, Long> baseline, TopicEnds topic, List<String> problems) {
    for (Map.Entry<Integer, Long> end : baseline.entrySet()) {
      if (end.getValue() > until.getOrDefault(end.getKey(), 0L)) {
        problems.add(
            "the baseline has taken in records of topic %s that the savepoint's job is still to read (partition %d: %d, the savepoint is at %d): take a savepoint now, or name another --baseline"
                .formatted(
                    origin.topic(),
                    end.getKey(),
                    end.getValue(),
                    until.getOrDefault(end.getKey(), 0L)));
        return;
      }
    }
    from = baseline;
    words = "the baseline, then topic " + origin.topic() + " from where it ends";
    checkGaps("the baseline ends", topic, problems);
  }

  /** Reads files before a time, and the topic from then on. */
  void fromFiles(Histories histories, Instant to) {
    files = Optional.of(histories);
    filesUntil = to.toEpochMilli();
    words = "files before " + to + ", then topic " + origin.topic();
  }

  /** Reads the offline store if that keeps the source, and the topic from where it ends. */
  void fromStoreOrTopic(TopicEnds topic, List<String> problems) throws IOException {
    snapshot = OfflineHistory.newest(pipeline, source);
    if (snapshot.isPresent()) {
      String table = OfflineSpec.history(source).name();
      HistoryPositions reached =
          OfflineHistory.of(pipeline).positions(source, snapshot.getAsLong());
      words =
          "table %s.%s, snapshot %d, then topic %s from where it ends"
              .formatted(pipeline.name(), table, snapshot.getAsLong(), origin.topic());
      if (!reached.join(until.keySet())) {
        problems.add(
            "table %s.%s has %d rows of which it does not say where in topic %s they came from, and no later ones in some of its partitions: let the job that keeps the history write on, or give the history as files, --history %s=PATH --to TIME"
                .formatted(
                    pipeline.name(), table, reached.without(), origin.topic(), source.name()));
      }
      from = reached.next();
      checkGaps("the table ends", topic, problems);
      return;
    }
    SortedMap<Integer, Long> gone = new TreeMap<>(topic.first());
    gone.values().removeIf(first -> first == 0);
    words =
        "topic %s, from its beginning%s"
            .formatted(
                origin.topic(),
                gone.isEmpty() ? "" : ", of which the first records are gone: " + gone);
  }

  private void checkGaps(String end, TopicEnds topic, List<String> problems) {
    List<String> gaps = topic.gaps(from, until);
    if (!gaps.isEmpty()) {
      problems.add(
          "topic %s no longer has records between where %s and where the job goes on (%s): give the history as files, --history %s=PATH --to TIME"
              .formatted(origin.topic(), end, String.join(", ", gaps), source.name()));
    }
  }

  /**
   * Leaves rows out that are so old that no window covers them any more.
   *
   * @param reachMillis how long before the newest row
   */
  void noOlderThan(long reachMillis) {
    // A store that is ahead has newer rows than those that count.
    boolean ahead =
        from.entrySet().stream()
            .anyMatch(it -> it.getValue() > until.getOrDefault(it.getKey(), 0L));
    if (snapshot.isPresent() && !ahead) {
      OptionalLong newest =
          OfflineHistory.of(pipeline)
              .lastEventMillis(OfflineSpec.history(source).name(), snapshot.getAsLong());
      if (newest.isPresent()) {
        firstMillis = newest.getAsLong() - reachMillis;
      }
    }
  }

  /** Leaves rows out that are older. */
  void from(Instant first) {
    firstMillis = first.toEpochMilli();
  }

  /** Says to people where the rows come from. */
  String describe() {
    return words
        + (firstMillis == Long.MIN_VALUE
            ? ""
            : ", rows from " + Instant.ofEpochMilli(firstMillis) + " on")
        + ", by "
        + contract;
  }

  /**
   * The rows, with event times and kinds, in any order.
   *
   * @param refused takes the streams of what was refused, each with a uid for what follows
   */
  DataStream<RowData> rows(
      StreamExecutionEnvironment env, BiConsumer<DataStream<DeadLetter>, String> refused)
      throws IOException {
    String uid = "backfill-" + source.name();
    List<DataStream<RowData>> parts = new ArrayList<>();
    SourceStreams topic =
        TopicPart.of(env, source, origin, contract.overlay(), from, until, false, uid + "-topic");
    parts.add(
        EventTimeRange.of(
            Histories.passed(source, topic, origin.topic(), uid + "-topic", refused),
            files.isPresent() ? Math.max(firstMillis, filesUntil) : firstMillis,
            Long.MAX_VALUE,
            uid + "-topic-range"));
    if (files.isPresent()) {
      parts.add(
          EventTimeRange.of(
              files
                  .get()
                  .rows(env, source.name(), new HistoryRequest(firstMillis, filesUntil, false)),
              firstMillis,
              filesUntil,
              uid + "-files-range"));
    } else if (snapshot.isPresent()) {
      HistoryRange range = HistoryRange.ALL.before(until);
      parts.add(
          OfflineHistory.of(pipeline)
              .rows(
                  env,
                  source,
                  snapshot.getAsLong(),
                  firstMillis == Long.MIN_VALUE ? range : range.from(firstMillis)));
    }
    return parts.size() == 1 ? parts.get(0) : parts.get(0).union(parts.get(1));
  }
}
