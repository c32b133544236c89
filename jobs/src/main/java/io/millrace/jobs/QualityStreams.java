package io.millrace.jobs;

import io.millrace.jobs.sinks.QualityTopic;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import io.millrace.quality.QualityTopology;
import io.millrace.records.DeadLetter;
import io.millrace.records.QualityResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;

/** The quality rules of all sources of a pipeline, and the topic of their results. */
final class QualityStreams {
  private final Pipeline pipeline;
  private final List<DataStream<QualityResult>> results = new ArrayList<>();
  private final List<DataStream<DeadLetter>> deadLetters = new ArrayList<>();

  QualityStreams(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** The rows of a source that its contract's rules let pass. */
  DataStream<RowData> passed(Source source, SourceStreams streams) {
    QualityTopology quality =
        QualityTopology.of(
            source,
            streams.ingested(),
            streams.rows(),
            place(source),
            operator -> Uids.quality(source.name(), operator));
    quality.results().ifPresent(results::add);
    deadLetters.addAll(quality.deadLetters());
    return quality.rows();
  }

  /**
   * The same for rows that come back from dead letters. They are not part of pass rates, which tell
   * of what producers send.
   */
  DataStream<RowData> passedAgain(Source source, SourceStreams replayed) {
    QualityTopology quality =
        QualityTopology.uncounted(
            source,
            replayed.rows(),
            place(source),
            operator -> Uids.quality(source.name(), "replay-" + operator));
    deadLetters.addAll(quality.deadLetters());
    return quality.rows();
  }

  /** Of rows that were not let pass. */
  List<DataStream<DeadLetter>> deadLetters() {
    return deadLetters;
  }

  /** Adds the topic, if there is a rule. */
  void addTopic() {
    if (results.isEmpty()) {
      return;
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    DataStream<QualityResult>[] others =
        results.subList(1, results.size()).toArray(new DataStream[0]);
    results
        .get(0)
        .union(others)
        .sinkTo(QualityTopic.sink(pipeline.name(), pipeline.topics()))
        .setParallelism(1)
        .name("quality: " + pipeline.topics().quality())
        .uid(Uids.qualityTopic());
  }

  private static String place(Source source) {
    if (source.origin() instanceof KafkaOrigin kafka) {
      return kafka.topic();
    }
    PostgresOrigin postgres = (PostgresOrigin) source.origin();
    return postgres.schema() + "." + postgres.table();
  }
}
