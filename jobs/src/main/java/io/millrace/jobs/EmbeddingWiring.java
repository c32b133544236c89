package io.millrace.jobs;

import io.millrace.embedding.EmbeddingPlan;
import io.millrace.embedding.EmbeddingTopology;
import io.millrace.jobs.sinks.LinkTopic;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import io.millrace.vectors.PointLetters;
import io.millrace.vectors.QdrantSink;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;

/** Wires an embedding: from a source's rows to the points of a collection. */
final class EmbeddingWiring {
  private EmbeddingWiring() {}

  /**
   * Adds an embedding to the job.
   *
   * @param place topic or table of the source
   * @return what could not be embedded or stored
   */
  static List<DataStream<DeadLetter>> add(
      Pipeline pipeline,
      EmbeddingSpec spec,
      Source source,
      DataStream<RowData> rows,
      String place) {
    EmbeddingPlan plan = EmbeddingPlan.of(spec, source, place);
    SingleOutputStreamOperator<EmbeddedRow> points =
        EmbeddingTopology.embeddedRows(rows, plan)
            .name(spec.name() + ": vectors of " + spec.model().name())
            .uid(Uids.embedding(spec.name()));
    if (spec.links()) {
      points
          .sinkTo(LinkTopic.sink(pipeline.name(), pipeline.topics(), plan.schema()))
          .name(spec.name() + ": " + pipeline.topics().links())
          .uid(Uids.embeddingLinks(spec.name()));
    }
    PointLetters letters =
        new PointLetters(
            source.name(),
            place,
            source.contract().name(),
            source.contract().version(),
            spec.name());
    QdrantSink sink = new QdrantSink(spec.qdrant(), plan.schema());
    SingleOutputStreamOperator<DeadLetter> refused =
        sink.write(points, letters)
            .name(spec.name() + ": Qdrant")
            .uid(Uids.embeddingQdrant(spec.name()));
    DuplicateWiring.add(
        pipeline, spec, source, plan.schema(), refused.getSideOutput(sink.acknowledged()));
    return List.of(points.getSideOutput(EmbeddingTopology.DEAD_LETTERS), refused);
  }
}
