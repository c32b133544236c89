package io.millrace.jobs.training;

import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.Position;
import io.millrace.ingest.PositionedRows;
import io.millrace.jobs.contracts.FollowedContract;
import io.millrace.jobs.offline.HistoryRange;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/** Where the history of a source comes from. */
interface TrainingHistory {
  /** Says it to people: {@code 3 files}, {@code topic flights}. */
  String describe();

  /** Whether rows are changes of a table, rather than rows as they were added. */
  boolean changelog();

  /**
   * Rows that the source's contract lets pass, with event times and row kinds, in any order. Those
   * of other event times than asked for may be among them: some histories need not read them.
   *
   * @param refused takes the streams of what was refused, each with a uid for what follows
   */
  DataStream<RowData> rows(
      StreamExecutionEnvironment env,
      Source source,
      HistoryRequest request,
      BiConsumer<DataStream<DeadLetter>, String> refused)
      throws IOException;

  /**
   * Whether the history has every row that a live job can have taken in when it is read, and not
   * only those that had been written to it by then.
   */
  default boolean upToDate() {
    return false;
  }

  /** The event time of the newest row among those of which it is known without reading them. */
  default OptionalLong newestEventMillis() {
    return OptionalLong.empty();
  }

  /** Whether {@link #newestEventMillis} knows of all rows. */
  default boolean knowsTimes() {
    return false;
  }

  /** The rows of which {@link #newestEventMillis} does not know, as of {@link #rows}. */
  default DataStream<RowData> rowsOfUnknownTime(
      StreamExecutionEnvironment env,
      Source source,
      BiConsumer<DataStream<DeadLetter>, String> refused)
      throws IOException {
    return rows(env, source, HistoryRequest.ALL, refused);
  }

  /** The version of the contract that decides about records; empty where that was done before. */
  default Optional<FollowedContract> contract() {
    return Optional.empty();
  }

  /** Files in the contract's form, see {@link HistoryFiles}. */
  record OfFiles(List<Path> files, FollowedContract followed) implements TrainingHistory {
    @Override
    public String describe() {
      return files.size() == 1 ? files.get(0).toString() : files.size() + " files";
    }

    @Override
    public Optional<FollowedContract> contract() {
      return Optional.of(followed);
    }

    @Override
    public boolean changelog() {
      return false;
    }

    @Override
    public DataStream<RowData> rows(
        StreamExecutionEnvironment env,
        Source source,
        HistoryRequest request,
        BiConsumer<DataStream<DeadLetter>, String> refused)
        throws IOException {
      DataStream<Ingested> records =
          env.fromData(HistoryFiles.splits(files), TypeInformation.of(HistorySplit.class))
              .setParallelism(1)
              .name(source.name() + ": files")
              .uid(uid(source) + "-files")
              .rebalance()
              .flatMap(new ReadHistory(source, followed.overlay()))
              .returns(new IngestedTypeInfo(source.rowType()))
              .name(source.name() + ": records")
              .uid(uid(source) + "-read")
              .assignTimestampsAndWatermarks(
                  WatermarkStrategy.<Ingested>noWatermarks()
                      .withTimestampAssigner((record, before) -> record.eventTimeMillis()))
              .name(source.name() + ": times")
              .uid(uid(source) + "-times");
      return passed(
          source,
          SourceStreams.of(source, records, request.placed(), uid(source)),
          describe(),
          refused);
    }
  }

  /** The source's topic, up to where it ends when the job starts. */
  record OfTopic(KafkaOrigin kafka, FollowedContract followed) implements TrainingHistory {
    @Override
    public String describe() {
      return "topic " + kafka.topic();
    }

    @Override
    public Optional<FollowedContract> contract() {
      return Optional.of(followed);
    }

    @Override
    public boolean upToDate() {
      return true;
    }

    @Override
    public boolean changelog() {
      return kafka.format() == KafkaOrigin.Format.DEBEZIUM_JSON;
    }

    @Override
    public DataStream<RowData> rows(
        StreamExecutionEnvironment env,
        Source source,
        HistoryRequest request,
        BiConsumer<DataStream<DeadLetter>, String> refused) {
      return passed(
          source,
          SourceStreams.history(
              env, source, kafka, followed.overlay(), request.placed(), uid(source)),
          kafka.topic(),
          refused);
    }
  }

  /**
   * The table of the pipeline's offline store, as it was at one snapshot: rows that a contract had
   * let pass when they came.
   *
   * @param pipeline that keeps it
   */
  record OfStore(Pipeline pipeline, Source kept, long snapshot) implements TrainingHistory {

    /** What the store holds of a source; empty when it holds nothing. */
    static Optional<OfStore> of(Pipeline pipeline, Source source) {
      OptionalLong snapshot = OfflineHistory.newest(pipeline, source);
      return snapshot.isEmpty()
          ? Optional.empty()
          : Optional.of(new OfStore(pipeline, source, snapshot.getAsLong()));
    }

    @Override
    public String describe() {
      return "table %s.%s, snapshot %d"
          .formatted(pipeline.name(), OfflineSpec.history(kept).name(), snapshot);
    }

    @Override
    public boolean changelog() {
      return kept.isChangelog();
    }

    @Override
    public DataStream<RowData> rows(
        StreamExecutionEnvironment env,
        Source source,
        HistoryRequest request,
        BiConsumer<DataStream<DeadLetter>, String> refused) {
      OfflineHistory history = OfflineHistory.of(pipeline);
      HistoryRange range = HistoryRange.ALL.from(request.fromMillis()).until(request.untilMillis());
      return request.placed()
          ? history
              .historicRows(env, source, snapshot, range)
              .map(row -> PositionedRows.of(row.row(), new Position(0, row.sequence())))
              .returns(InternalTypeInfo.of(PositionedRows.type(source)))
              .name(source.name() + ": rows")
              .uid(uid(source) + "-placed")
          : history.rows(env, source, snapshot, range);
    }

    @Override
    public boolean knowsTimes() {
      return true;
    }

    @Override
    public OptionalLong newestEventMillis() {
      return OfflineHistory.of(pipeline)
          .lastEventMillis(OfflineSpec.history(kept).name(), snapshot);
    }
  }

  private static String uid(Source source) {
    return "history-" + source.name();
  }

  private static DataStream<RowData> passed(
      Source source,
      SourceStreams streams,
      String place,
      BiConsumer<DataStream<DeadLetter>, String> refused) {
    return Histories.passed(source, streams, place, uid(source), refused);
  }
}
