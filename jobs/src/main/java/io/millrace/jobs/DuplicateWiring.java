package io.millrace.jobs;

import io.millrace.duplicates.DuplicatesPlan;
import io.millrace.duplicates.DuplicatesTopology;
import io.millrace.jobs.sinks.DuplicateTopics;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.pipeline.Topics;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.millrace.vectors.DuplicateMarks;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Wires the search for duplicates: from the points that Qdrant shows to topics and marks. */
final class DuplicateWiring {
  private DuplicateWiring() {}

  /**
   * Adds the search to the job, if the embedding asks for it.
   *
   * @param acknowledged rows whose points Qdrant shows, or shows no more
   */
  static void add(
      Pipeline pipeline,
      EmbeddingSpec spec,
      Source source,
      EmbeddingSchema schema,
      DataStream<EmbeddedRow> acknowledged) {
    if (spec.duplicates().isEmpty()) {
      return;
    }
    String name = spec.name();
    Topics topics = pipeline.topics();
    DuplicatesTopology.Streams duplicates =
        DuplicatesTopology.duplicates(
            acknowledged,
            DuplicatesPlan.of(spec, source, schema),
            part -> Uids.embeddingDuplicates(name, part));
    duplicates
        .pairs()
        .sinkTo(DuplicateTopics.pairs(pipeline.name(), topics, name))
        .name(name + ": " + topics.duplicates())
        .uid(Uids.embeddingDuplicates(name, "topic"));
    duplicates
        .members()
        .sinkTo(DuplicateTopics.clusters(pipeline.name(), topics, name))
        .name(name + ": " + topics.clusters())
        .uid(Uids.embeddingDuplicates(name, "clusters-topic"));
    if (spec.duplicates().get().writeBack()) {
      duplicates
          .marks()
          .sinkTo(new DuplicateMarks(spec.qdrant(), schema))
          .name(name + ": " + DuplicateMarks.FIELD + " in Qdrant")
          .uid(Uids.embeddingDuplicates(name, "marks"));
    }
  }
}
