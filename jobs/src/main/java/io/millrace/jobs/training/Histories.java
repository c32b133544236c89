package io.millrace.jobs.training;

import io.millrace.document.NearestName;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.BatchResult;
import io.millrace.jobs.contracts.FollowedContract;
import io.millrace.jobs.contracts.FollowedContracts;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.quality.QualityTopology;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;

/**
 * The histories of the sources that a batch job reads: each from the files that were named for it,
 * else from the pipeline's offline store, else from its topic up to where it ends.
 */
public final class Histories {
  private final Pipeline pipeline;
  private final Map<String, TrainingHistory> bySource;

  /** How far histories are to reach. */
  public enum Extent {
    /** What the offline store has at its newest snapshot: the same whenever that is read again. */
    KEPT,
    /**
     * Every row that a live job can have taken in by now: the offline store is continued by the
     * topic, where the two join.
     */
    UP_TO_NOW
  }

  private Histories(Pipeline pipeline, Map<String, TrainingHistory> bySource) {
    this.pipeline = pipeline;
    this.bySource = bySource;
  }

  /** Looks for the history of sources, as far as the offline store has kept it. */
  public static Histories find(
      Pipeline pipeline,
      Collection<Source> wanted,
      Map<String, List<Path>> given,
      List<String> problems) {
    return find(pipeline, wanted, given, Extent.KEPT, problems);
  }

  /**
   * Looks for the history of sources.
   *
   * @param given files by source; only sources of the pipeline may be named
   * @param extent how far those are to reach that are not files
   * @param problems gets what is wrong, and what cannot be found
   */
  public static Histories find(
      Pipeline pipeline,
      Collection<Source> wanted,
      Map<String, List<Path>> given,
      Extent extent,
      List<String> problems) {
    List<String> sources = pipeline.sources().stream().map(Source::name).toList();
    for (String name : new TreeMap<>(given).keySet()) {
      if (!sources.contains(name)) {
        problems.add(
            "--history names a source %s, which pipeline %s does not have; %s"
                .formatted(
                    name,
                    pipeline.name(),
                    NearestName.suggestion(name, sources, "it has " + String.join(", ", sources))));
      }
    }
    Map<String, TrainingHistory> histories = new LinkedHashMap<>();
    FollowedContracts contracts = FollowedContracts.of(pipeline);
    Set<String> looked = new HashSet<>();
    for (Source source : wanted) {
      if (looked.add(source.name())) {
        find(pipeline, source, given.get(source.name()), extent, contracts, problems)
            .ifPresent(history -> histories.put(source.name(), history));
      }
    }
    return new Histories(pipeline, histories);
  }

  private static Optional<TrainingHistory> find(
      Pipeline pipeline,
      Source source,
      List<Path> files,
      Extent extent,
      FollowedContracts contracts,
      List<String> problems) {
    if (files != null) {
      FollowedContract contract = contracts.of(source);
      return Optional.of(
          new TrainingHistory.OfFiles(
              HistoryFiles.find(source, contract.overlay(), files, problems), contract));
    }
    Optional<TrainingHistory.OfStore> kept;
    try {
      kept = TrainingHistory.OfStore.of(pipeline, source);
      if (kept.isPresent()
          && extent == Extent.UP_TO_NOW
          && source.origin() instanceof KafkaOrigin kafka) {
        Optional<TrainingHistory> continued =
            StoreThenTopic.of(pipeline, source, kept.get(), kafka, contracts.of(source));
        if (continued.isPresent()) {
          return continued;
        }
      }
    } catch (UncheckedIOException unreadable) {
      problems.add("the offline store cannot be read: " + unreadable.getMessage());
      return Optional.empty();
    }
    if (kept.isPresent()) {
      return kept.map(store -> store);
    }
    if (source.origin() instanceof KafkaOrigin kafka) {
      return Optional.of(new TrainingHistory.OfTopic(kafka, contracts.of(source)));
    }
    problems.add(withoutHistory(source));
    return Optional.empty();
  }

  private static String withoutHistory(Source source) {
    return ("source %s is a table, which does not tell its past: keep its changes in the offline"
            + " store, or give its rows as files, --history %s=FILE")
        .formatted(source.name(), source.name());
  }

  /**
   * Why a source has no history that could be read.
   *
   * @param given files by source
   * @return empty when there is one, or when that shows only when it is read
   */
  public static Optional<String> missing(
      Pipeline pipeline, Source source, Map<String, List<Path>> given) {
    if (given.containsKey(source.name()) || source.origin() instanceof KafkaOrigin) {
      return Optional.empty();
    }
    try {
      return TrainingHistory.OfStore.of(pipeline, source).isPresent()
          ? Optional.empty()
          : Optional.of(withoutHistory(source));
    } catch (UncheckedIOException unreadable) {
      return Optional.empty();
    }
  }

  /** Names of the sources, in the order in which they were wanted. */
  public List<String> sources() {
    return List.copyOf(bySource.keySet());
  }

  /** Whether a source's rows are changes of a table, rather than rows as they were added. */
  public boolean changelog(String source) {
    return bySource.get(source).changelog();
  }

  /**
   * Whether a source's history has every row that a live job can have taken in when it is read;
   * else only those that had come to it by then.
   */
  public boolean upToDate(String source) {
    return bySource.get(source).upToDate();
  }

  /**
   * The event time of the newest row of sources. Files and topics are read through for it, and
   * nothing of them is sorted or kept; the offline store knows.
   *
   * @param flink to read in
   * @param wanted some of {@link #sources}
   * @param progress told every half second while something is read
   * @return without an entry where no row has a time
   * @throws IOException if a history cannot be read
   */
  public Map<String, Long> newestEventMillis(
      BatchFlink flink, Collection<String> wanted, Runnable progress)
      throws IOException, InterruptedException {
    Map<String, Long> newest = new LinkedHashMap<>();
    List<String> toBeRead = new ArrayList<>();
    for (String source : wanted) {
      TrainingHistory history = bySource.get(source);
      history.newestEventMillis().ifPresent(known -> newest.put(source, known));
      if (!history.knowsTimes()) {
        toBeRead.add(source);
      }
    }
    if (!toBeRead.isEmpty()) {
      BatchResult read = flink.run(new NewestEvents(this, toBeRead), counts -> progress.run());
      toBeRead.forEach(
          source ->
              NewestEvents.found(read.counts(), source)
                  .ifPresent(found -> newest.merge(source, found, Math::max)));
    }
    return newest;
  }

  /** The rows of a source that have to be read for {@link #newestEventMillis}. */
  DataStream<RowData> rowsOfUnknownTime(StreamExecutionEnvironment env, String source)
      throws IOException {
    return bySource
        .get(source)
        .rowsOfUnknownTime(
            env,
            pipeline.source(source).orElseThrow(),
            (letters, uid) -> count(letters, source, uid));
  }

  /**
   * All rows that a source's contract lets pass, with event times and kinds, in any order. What it
   * does not let pass is counted, see {@link #read}. To be called once for each source of a job.
   */
  public DataStream<RowData> rows(StreamExecutionEnvironment env, String source)
      throws IOException {
    return rows(env, source, HistoryRequest.ALL);
  }

  /**
   * As {@link #rows(StreamExecutionEnvironment, String)}, without rows that were never read because
   * only some event times are wanted: others may be among the rows all the same.
   */
  public DataStream<RowData> rows(
      StreamExecutionEnvironment env, String source, HistoryRequest request) throws IOException {
    return bySource
        .get(source)
        .rows(
            env,
            pipeline.source(source).orElseThrow(),
            request,
            (letters, uid) -> count(letters, source, uid));
  }

  /**
   * The rows that the rules of a source's contract let pass, as online.
   *
   * @param place where they are from, in words
   * @param uid prefix of the operators
   * @param refused takes the streams of what was refused, each with a uid for what follows
   */
  public static DataStream<RowData> passed(
      Source source,
      SourceStreams streams,
      String place,
      String uid,
      BiConsumer<DataStream<DeadLetter>, String> refused) {
    refused.accept(streams.deadLetters(), uid + "-refused");
    QualityTopology quality =
        QualityTopology.uncounted(source, streams.rows(), place, operator -> uid + "-" + operator);
    for (int i = 0; i < quality.deadLetters().size(); i++) {
      refused.accept(quality.deadLetters().get(i), uid + "-rule-" + i);
    }
    return quality.rows();
  }

  /**
   * Counts what of a source was refused, see {@link #read}.
   *
   * @param letters a stream of it
   * @param uid of the counting operator
   */
  public static void count(DataStream<DeadLetter> letters, String source, String uid) {
    letters
        .filter(new CountAway<>(refusedCounter(source)))
        .name(source + ": refused")
        .uid(uid)
        .sinkTo(new DiscardingSink<>())
        .name(source + ": refused, away")
        .uid(uid + "-away");
  }

  /** The versions of contracts by which records of sources are decided, as far as they are. */
  public Map<String, String> contractVersions() {
    Map<String, String> versions = new LinkedHashMap<>();
    bySource.forEach(
        (name, history) ->
            history.contract().ifPresent(it -> versions.put(name, it.overlay().label())));
    return versions;
  }

  /**
   * What a job has read.
   *
   * @param counts its accumulators
   */
  public List<TrainingSetResult.History> read(Map<String, Object> counts) {
    List<TrainingSetResult.History> read = new ArrayList<>();
    bySource.forEach(
        (name, history) ->
            read.add(
                new TrainingSetResult.History(
                    name,
                    history.describe() + history.contract().map(it -> ", " + it).orElse(""),
                    BatchResult.count(counts, refusedCounter(name)))));
    return read;
  }

  /** The accumulator that counts what of a source was refused. */
  public static String refusedCounter(String source) {
    return "refused of " + source;
  }
}
