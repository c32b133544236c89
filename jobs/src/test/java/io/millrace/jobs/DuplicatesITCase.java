package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.jobs.cli.ListedDuplicates;
import io.millrace.jobs.duplicates.DuplicateLog;
import io.millrace.jobs.duplicates.DuplicateLog.FoundCluster;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.QdrantServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The planes pipeline as users run it, on real servers: duplicates among models of planes. */
class DuplicatesITCase {
  private static final Path PLANES = Path.of("..", "conf", "pipelines", "planes.yaml");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;

  @Test
  void shouldFindManufacturersOfTwoNamesAcrossASavepoint() throws Exception {
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"));
        QdrantServer qdrant = QdrantServer.start(dir.resolve("qdrant"));
        PostgresServer postgres = PostgresServer.start(dir.resolve("postgres"))) {
      try (Connection connection = postgres.connect()) {
        FlightData.ofThisProject().loadPlanes(connection);
        FlightData.createAirports(connection);
      }
      // Their vectors are not what this is about.
      postgres.execute("DELETE FROM public.planes WHERE manufacturer <> 'CESSNA'");
      Map<String, String> environment = environment(kafka, qdrant, postgres);
      Pipeline pipeline = PipelineLoader.load(PLANES, new Environment(environment));
      PipelineJob.prepare(pipeline);

      JobClient first = start(pipeline, Optional.empty());
      TreeSet<String> names = new TreeSet<>();
      for (String model :
          List.of(
              "A319-114",
              "A319-131",
              "A319-132",
              "A320-211",
              "A320-212",
              "A320-214",
              "A320-232",
              "A321-211",
              "A321-231",
              "A330-223")) {
        names.add(pair("AIRBUS " + model, "AIRBUS INDUSTRIE " + model));
      }
      names.add(pair("MCDONNELL DOUGLAS AIRCRAFT CO MD-88", "MCDONNELL DOUGLAS CORPORATION MD-88"));
      names.add(pair("STEWART MACO FALCON XP", "STEWART MACO FALCON-XP"));
      await(pipeline, Decision.MATCH, names);
      awaitMarks(pipeline, qdrant);
      // Two names that are nothing like each other: for people to decide.
      Deadline.await(
          PATIENCE,
          "Bombardier and Canadair to be for review",
          () ->
              pairs(pipeline, Decision.REVIEW)
                  .contains("BOMBARDIER INC CL-600-2B19 = CANADAIR CL-600-2B19"));
      String savepoint =
          first
              .stopWithSavepoint(
                  false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
              .get();

      postgres.execute(
          "DELETE FROM public.plane_models WHERE manufacturer = 'AIRBUS' AND model = 'A320-232'",
          "UPDATE public.plane_models SET seats = 250 WHERE manufacturer = 'AIRBUS' AND model = 'A319-114'",
          "INSERT INTO public.plane_models VALUES ('BOEING CO', '737-8H4', 2, 140)",
          "INSERT INTO public.plane_models VALUES ('AIRBUS S A S', 'A321-211', 2, 199)");
      JobClient second = start(pipeline, Optional.of(savepoint));
      names.remove(pair("AIRBUS INDUSTRIE A320-232", "AIRBUS A320-232"));
      names.remove(pair("AIRBUS INDUSTRIE A319-114", "AIRBUS A319-114"));
      names.add(pair("BOEING 737-8H4", "BOEING CO 737-8H4"));
      names.add(pair("AIRBUS A321-211", "AIRBUS S A S A321-211"));
      names.add(pair("AIRBUS INDUSTRIE A321-211", "AIRBUS S A S A321-211"));
      await(pipeline, Decision.MATCH, names);
      awaitMarks(pipeline, qdrant);
      assertThat(clusterOf(pipeline, "A321-211"))
          .hasSize(3)
          .allSatisfy(member -> assertThat(member.size()).isEqualTo(3));
      assertThat(ListedDuplicates.of(environment, PLANES))
          .contains("clusters")
          .contains("BOEING CO");
      second.cancel().get();
    }
  }

  private static List<ClusterMember> clusterOf(Pipeline pipeline, String model) throws Exception {
    return log(pipeline).clusters(read -> {}).stream()
        .map(FoundCluster::members)
        .filter(members -> members.get(0).key().contains(model))
        .findFirst()
        .orElseThrow();
  }

  private static void await(Pipeline pipeline, Decision decision, TreeSet<String> expected) {
    Map<String, TreeSet<String>> last = new HashMap<>();
    Deadline.await(
        PATIENCE,
        () -> expected + " instead of " + last,
        Duration.ofMillis(300),
        () -> {
          last.put("pairs", pairs(pipeline, decision));
          return last.get("pairs").equals(expected);
        });
  }

  private static TreeSet<String> pairs(Pipeline pipeline, Decision decision) throws Exception {
    return log(pipeline).pairs(decision, read -> {}).stream()
        .map(DuplicatesITCase::names)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String names(DuplicatePair pair) {
    return pair(name(pair.keyA()), name(pair.keyB()));
  }

  private static String pair(String a, String b) {
    return a.compareTo(b) < 0 ? a + " = " + b : b + " = " + a;
  }

  private static String name(String key) {
    try {
      JsonNode json = JSON.readTree(key);
      return json.path("manufacturer").asText() + " " + json.path("model").asText();
    } catch (IOException malformed) {
      throw new IllegalStateException(key, malformed);
    }
  }

  private static DuplicateLog log(Pipeline pipeline) {
    return new DuplicateLog(pipeline, "model_vectors");
  }

  /** Each point says of whom it is a duplicate, and those that are none say nothing. */
  private static void awaitMarks(Pipeline pipeline, QdrantServer qdrant) {
    Deadline.await(
        PATIENCE,
        () -> "the points to say what the topic of clusters says",
        Duration.ofMillis(300),
        () -> {
          Map<String, String> expected = new TreeMap<>();
          for (FoundCluster cluster : log(pipeline).clusters(read -> {})) {
            cluster.members().stream()
                .filter(ClusterMember::representedByAnother)
                .forEach(member -> expected.put(member.key(), member.representativeKey()));
          }
          return !expected.isEmpty() && marks(qdrant).equals(expected);
        });
  }

  private static Map<String, String> marks(QdrantServer qdrant) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:"
                                + qdrant.httpPort()
                                + "/collections/plane_models/points/scroll"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"limit\":1000}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    Map<String, String> marks = new TreeMap<>();
    for (JsonNode point : JSON.readTree(answer.body()).at("/result/points")) {
      JsonNode payload = point.path("payload");
      if (payload.has("duplicate_of")) {
        marks.put(payload.path("_key").asText(), payload.path("duplicate_of").asText());
      }
    }
    return marks;
  }

  private JobClient start(Pipeline pipeline, Optional<String> savepoint) throws Exception {
    return LocalJob.start(pipeline, dir.resolve("checkpoints"), savepoint);
  }

  private static Map<String, String> environment(
      KafkaServer kafka, QdrantServer qdrant, PostgresServer postgres) {
    return Map.of(
        "KAFKA", kafka.bootstrapServers(),
        "QDRANT", qdrant.url(),
        "PG_HOST", postgres.host(),
        "PG_PORT", Integer.toString(postgres.port()),
        "PG_DATABASE", postgres.database(),
        "PG_USER", postgres.username(),
        "PG_PASSWORD", postgres.password());
  }
}
