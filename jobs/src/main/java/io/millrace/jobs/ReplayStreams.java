package io.millrace.jobs;

import io.millrace.formats.RecordFormats;
import io.millrace.formats.RegistryWatch;
import io.millrace.ingest.Guard;
import io.millrace.ingest.IdleAtOnce;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.PositionedRows;
import io.millrace.ingest.RecordFormat;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.jobs.sources.ReplayTopic;
import io.millrace.jobs.sources.SourceGuard;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.online.RedisFeatureSink;
import io.millrace.online.VectorLetters;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import io.millrace.records.Replay;
import io.millrace.records.SchemaChange;
import io.millrace.replay.ReplayOnce;
import io.millrace.replay.ReplayedRecords;
import io.millrace.replay.ReplayedRows;
import io.millrace.replay.ReplayedVectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * The way back of dead letters. It runs beside the sources, in two tasks of one subtask each, and
 * meets the rest of the job only where streams are keyed anyway: rows that are read for the first
 * time pay nothing for it.
 */
final class ReplayStreams {

  private final List<DataStream<DeadLetter>> deadLetters;
  private final SingleOutputStreamOperator<Replay> replays;
  private final QualityStreams quality;
  private final ContractStreams contracts;
  private final Predicate<Source> positions;
  private final Map<String, DataStream<RowData>> rowsOfSources = new HashMap<>();
  private final Map<String, DataStream<RowData>> plainRowsOfSources = new HashMap<>();

  /**
   * @param positions sources whose rows are read with their positions
   * @param deadLetters where letters of what is refused again are added
   */
  ReplayStreams(
      StreamExecutionEnvironment env,
      Pipeline pipeline,
      QualityStreams quality,
      ContractStreams contracts,
      Predicate<Source> positions,
      List<DataStream<DeadLetter>> deadLetters) {
    this.quality = quality;
    this.contracts = contracts;
    this.positions = positions;
    this.deadLetters = deadLetters;
    this.replays =
        env.fromSource(
                ReplayTopic.source(pipeline),
                IdleAtOnce.strategy(),
                "replays: " + pipeline.topics().replay())
            .uid(Uids.replayRead())
            .setParallelism(1)
            .keyBy(Replay::identity, Types.STRING)
            .process(new ReplayOnce())
            .name("each replay once")
            .uid(Uids.replayOnce())
            .setParallelism(1);
  }

  /** Rows of records that the source refused and now takes. */
  DataStream<RowData> rows(Source source) {
    DataStream<RowData> rows = historicRows(source);
    return positions.test(source)
        ? plainRowsOfSources.computeIfAbsent(
            source.name(),
            name ->
                PositionedRows.without(rows)
                    .name(name + ": replayed rows without positions")
                    .uid(Uids.replayPlain(name)))
        : rows;
  }

  /** The same, with their positions where history keeps these. */
  DataStream<RowData> historicRows(Source source) {
    return rowsOfSources.computeIfAbsent(
        source.name(), name -> readAgain(source, RecordFormats.of(source)));
  }

  private DataStream<RowData> readAgain(Source source, RecordFormat format) {
    Guard.Settings settings = SourceGuard.settings(source);
    boolean positioned = positions.test(source);
    String topic = positioned ? ((KafkaOrigin) source.origin()).topic() : null;
    SingleOutputStreamOperator<Ingested> read =
        replays
            .transform(
                source.name() + ": replayed records",
                new IngestedTypeInfo(settings.intake().rowType()),
                new ReplayedRecords(settings, format, topic))
            .uid(Uids.replayRecords(source.name()))
            .setParallelism(1);
    DataStream<Ingested> records =
        contracts.guardedAgain(source, read, Uids.replayGuard(source.name()));
    SingleOutputStreamOperator<RowData> rows =
        records
            .process(new SplitDeadLetters(source.name(), positioned))
            .returns(
                InternalTypeInfo.of(positioned ? PositionedRows.type(source) : source.rowType()))
            .name(source.name() + ": replayed rows")
            .uid(Uids.replaySplit(source.name()))
            .setParallelism(1);
    DataStream<DeadLetter> refused = rows.getSideOutput(SplitDeadLetters.DEAD_LETTERS);
    deadLetters.add(refused);
    return quality.passedAgain(source, new SourceStreams(rows, refused, records));
  }

  /** New versions in a source's schema registry; rides on this task because it never ends. */
  DataStream<SchemaChange> registry(Source source) {
    return replays
        .transform(
            source.name() + ": schema registry",
            TypeInformation.of(SchemaChange.class),
            new RegistryWatch<>(source))
        .uid(Uids.registryWatch(source.name()))
        .setParallelism(1);
  }

  /** Rows that the view alone refused. */
  DataStream<RowData> rows(Source source, String view) {
    Guard.Settings settings = SourceGuard.settings(source);
    SingleOutputStreamOperator<RowData> rows =
        replays
            .transform(
                view + ": replayed rows",
                InternalTypeInfo.of(settings.intake().rowType()),
                new ReplayedRows(settings, view))
            .uid(Uids.replayRows(view))
            .setParallelism(1);
    deadLetters.add(rows.getSideOutput(ReplayedRows.DEAD_LETTERS));
    return rows;
  }

  /** Writes vectors that the view's store refused. */
  void vectors(RedisFeatureSink redis, VectorLetters letters) {
    String view = letters.schema().view();
    SingleOutputStreamOperator<FeatureVector> vectors =
        replays
            .transform(
                view + ": replayed vectors",
                new FeatureVectorTypeInfo(letters.schema()),
                new ReplayedVectors(letters))
            .uid(Uids.replayVectors(view))
            .setParallelism(1);
    deadLetters.add(vectors.getSideOutput(ReplayedVectors.DEAD_LETTERS));
    deadLetters.add(
        redis
            .write(vectors, letters.afterReplay())
            .name(view + ": Redis, replayed")
            .uid(Uids.replayRedis(view)));
  }
}
