package io.millrace.jobs;

import io.millrace.evolution.ContractKeeper;
import io.millrace.evolution.ContractLog;
import io.millrace.evolution.ContractMessage;
import io.millrace.evolution.EvolutionTopology;
import io.millrace.evolution.GuardSettings;
import io.millrace.evolution.SourceContract;
import io.millrace.formats.RecordFormats;
import io.millrace.ingest.IdleAtOnce;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.RecordFormat;
import io.millrace.jobs.contracts.ContractTopics;
import io.millrace.jobs.contracts.KafkaContractLog;
import io.millrace.jobs.sources.SourceGuard;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.SchemaChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Contracts that change while the job runs: a guard behind each source, one keeper, and the topics
 * between them.
 */
final class ContractStreams {

  private final StreamExecutionEnvironment env;
  private final Pipeline pipeline;
  private final ContractLog log;
  private final Map<String, SourceContract> contracts = new LinkedHashMap<>();
  private final DataStream<ContractMessage> versions;
  private final List<DataStream<SchemaChange>> noticed = new ArrayList<>();
  private DataStream<ContractMessage> messages;

  ContractStreams(StreamExecutionEnvironment env, Pipeline pipeline) {
    this.env = env;
    this.pipeline = pipeline;
    this.log = new KafkaContractLog(pipeline.topics());
    this.versions =
        read(
            ContractTopics.versions(pipeline.topics(), pipeline.name()),
            pipeline.topics().contracts(),
            Uids.contractVersionsRead());
    this.messages =
        read(
                ContractTopics.controls(pipeline.topics(), pipeline.name()),
                pipeline.topics().control(),
                Uids.contractControlRead())
            .union(versions);
  }

  private DataStream<ContractMessage> read(
      KafkaSource<ContractMessage> source, String topic, String uid) {
    return env.fromSource(source, IdleAtOnce.strategy(), topic).uid(uid).setParallelism(1);
  }

  /**
   * Puts a guard behind a source.
   *
   * @param uid of the guard
   */
  DataStream<Ingested> guarded(Source source, DataStream<Ingested> records, String uid) {
    SingleOutputStreamOperator<Ingested> settled = guard(source, records, uid);
    messages = messages.union(EvolutionTopology.observations(settled));
    return settled;
  }

  /** Puts a guard behind records that were observed when they first came. */
  DataStream<Ingested> guardedAgain(Source source, DataStream<Ingested> records, String uid) {
    return guard(source, records, uid);
  }

  private SingleOutputStreamOperator<Ingested> guard(
      Source source, DataStream<Ingested> records, String uid) {
    GuardSettings settings =
        new GuardSettings(
            contracts.computeIfAbsent(source.name(), name -> SourceContract.of(source)),
            SourceGuard.settings(source),
            source.isChangelog() ? RecordFormat.JSON : RecordFormats.of(source),
            log);
    return EvolutionTopology.settled(records, versions, settings).uid(uid);
  }

  /** The versions of all sources as the keeper publishes them. */
  DataStream<ContractMessage> versions() {
    return versions;
  }

  /** Where the newest versions are found at the start. */
  ContractLog log() {
    return log;
  }

  /** Adds changes that somebody else noticed to the topic of schema changes. */
  void alsoPublish(DataStream<SchemaChange> changes) {
    noticed.add(changes);
  }

  /** Adds the keeper behind all guards. */
  void addKeeper() {
    SingleOutputStreamOperator<SchemaChange> changes =
        EvolutionTopology.schemaChanges(messages, List.copyOf(contracts.values()), log)
            .name("contracts")
            .uid(Uids.contractKeeper());
    changes
        .getSideOutput(ContractKeeper.VERSIONS)
        .sinkTo(ContractTopics.versionSink(pipeline.topics()))
        .name("contract versions: " + pipeline.topics().contracts())
        .uid(Uids.contractVersionsTopic())
        .setParallelism(1);
    DataStream<SchemaChange> published = changes;
    for (DataStream<SchemaChange> more : noticed) {
      published = published.union(more);
    }
    published
        .sinkTo(ContractTopics.changeSink(pipeline.topics()))
        .name("schema changes: " + pipeline.topics().schemaChanges())
        .uid(Uids.schemaChangesTopic())
        .setParallelism(1);
  }
}
