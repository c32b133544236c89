package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.embedding.EmbeddingPlan;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.QdrantServer;
import io.millrace.vectors.FoundPoint;
import io.millrace.vectors.VectorQuery;
import io.millrace.vectors.VectorSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of planes in a topic become points and stay so, with the real model and servers. */
class VectorsITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long NEW_YEAR_2013 = 1_356_998_400_000L;
  private static final int PLANES = 150;

  @TempDir private Path dir;

  private final Map<String, String[]> alive = new TreeMap<>();
  private long changes;

  @Test
  void shouldKeepPointsAsTheirRowsAreAcrossASavepointAndACrashOfQdrant() throws Exception {
    List<String[]> planes =
        FlightData.ofThisProject().planes().stream()
            .filter(plane -> plane[3].startsWith("AIRBUS") || plane[3].equals("CESSNA"))
            .limit(PLANES)
            .toList();
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"));
        QdrantServer qdrant = QdrantServer.start(dir.resolve("qdrant"));
        KafkaProducer<String, String> topic =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
      kafka.createTopic("planes", 2);
      Pipeline pipeline = pipeline(kafka, qdrant);
      PipelineJob.prepare(pipeline);
      planes.forEach(plane -> change(topic, plane[0], plane));
      runTwice(pipeline, qdrant, topic, planes);
    }
  }

  private void runTwice(
      Pipeline pipeline,
      QdrantServer qdrant,
      KafkaProducer<String, String> topic,
      List<String[]> planes)
      throws Exception {
    EmbeddingSpec embedding = pipeline.embeddings().get(0);
    try (VectorSearch search =
        VectorSearch.open(
            embedding, EmbeddingPlan.of(embedding, pipeline.sources().get(0), "").schema())) {
      JobClient first = start(pipeline, Optional.empty());
      awaitPoints(search);
      String savepoint =
          first
              .stopWithSavepoint(
                  false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
              .get();
      for (int i = 0; i < planes.size(); i += 5) {
        change(topic, planes.get(i)[0], null);
        change(topic, planes.get(i + 1)[0], withSeats(planes.get(i + 1), "7"));
      }
      JobClient second = start(pipeline, Optional.of(savepoint));
      qdrant.kill();
      qdrant.start();
      change(topic, planes.get(0)[0], withSeats(planes.get(0), "9"));
      awaitPoints(search);

      assertThat(search(search, "airbus industrie"))
          .first()
          .satisfies(
              nearest ->
                  assertThat(nearest.payload()).containsEntry("manufacturer", "AIRBUS INDUSTRIE"));
      second.cancel().get();
    }
  }

  private static String[] withSeats(String[] plane, String seats) {
    String[] changed = plane.clone();
    changed[6] = seats;
    return changed;
  }

  /** As Debezium tells it: a plane that comes, is another one now, or is gone. */
  private void change(KafkaProducer<String, String> topic, String tailnum, String[] plane) {
    String[] before = plane == null ? alive.remove(tailnum) : alive.put(tailnum, plane);
    long time = NEW_YEAR_2013 + changes++;
    topic.send(
        new ProducerRecord<>(
            "planes",
            tailnum,
            "{\"before\":%s,\"after\":%s,\"source\":{\"ts_ms\":%d},\"op\":\"%s\",\"ts_ms\":%d}"
                .formatted(
                    row(before),
                    row(plane),
                    time,
                    plane == null ? "d" : before == null ? "c" : "u",
                    time)));
  }

  private static String row(String[] plane) {
    return plane == null
        ? "null"
        : "{\"tailnum\":\"%s\",\"manufacturer\":\"%s\",\"model\":\"%s\",\"seats\":%s}"
            .formatted(plane[0], plane[3], plane[4], plane[6]);
  }

  private static Pipeline pipeline(KafkaServer kafka, QdrantServer qdrant) {
    return PipelineFile.parse(
            Path.of("../conf/pipelines/planes.yaml"),
            """
            pipeline: planes
            sources:
              planes:
                kafka: {topic: planes, bootstrap_servers: "${KAFKA}", format: debezium-json}
                contract: schemas/contracts/planes.odcs.yaml
            embeddings:
              plane_vectors:
                source: planes
                text: "{{manufacturer}} {{model}}, {{seats}} seats"
                qdrant: {url: "${QDRANT}", payload: [tailnum, manufacturer, seats]}
            topics: {bootstrap_servers: "${KAFKA}"}
            """,
            new Environment(Map.of("KAFKA", kafka.bootstrapServers(), "QDRANT", qdrant.url())))
        .pipeline();
  }

  private JobClient start(Pipeline pipeline, Optional<String> savepoint) throws Exception {
    return LocalJob.start(pipeline, dir.resolve("checkpoints"), savepoint);
  }

  /** Every plane that is there has a point with its seats, and nothing else has. */
  private void awaitPoints(VectorSearch search) {
    Map<String, Long> expected = new TreeMap<>();
    alive.forEach((tailnum, plane) -> expected.put(tailnum, Long.valueOf(plane[6])));
    Map<String, Long> found = new TreeMap<>();
    Deadline.await(
        PATIENCE,
        () -> "points as of " + expected + "; found " + found,
        Duration.ofMillis(200),
        () -> {
          found.clear();
          for (FoundPoint point : search(search, "plane")) {
            found.put((String) point.payload().get("tailnum"), (Long) point.payload().get("seats"));
          }
          return found.equals(expected);
        });
  }

  private static List<FoundPoint> search(VectorSearch search, String text)
      throws IOException, InterruptedException {
    return search.search(new VectorQuery(text, Optional.empty(), Map.of(), VectorQuery.MOST));
  }
}
