package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.features.CompiledView;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterJson;
import io.millrace.records.DeadLetterReason;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flights pipeline as users run it, on real servers, across a savepoint. */
class PipelineITCase {
  private static final Path FLIGHTS = Path.of("..", "conf", "pipelines", "flights.yaml");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int DEPARTURES = 3_000;

  @TempDir private Path dir;

  @Test
  void shouldServeFeaturesOfFlightsAndPlanesAcrossASavepoint() throws Exception {
    FlightData data = FlightData.ofThisProject();
    List<Departure> departures = data.flights().limit(DEPARTURES).toList();
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"));
        RedisServer redis = RedisServer.start(dir.resolve("redis"));
        PostgresServer postgres = PostgresServer.start(dir.resolve("postgres"))) {
      kafka.createTopic(FlightData.TOPIC, 2);
      try (Connection connection = postgres.connect()) {
        data.loadPlanes(connection);
      }
      Pipeline pipeline = pipeline(kafka, redis, postgres);
      PipelineJob.prepare(pipeline);

      JobClient firstHalf = start(pipeline, Optional.empty());
      produce(kafka, departures.subList(0, DEPARTURES / 2));
      produceBroken(kafka);
      awaitCarriers(pipeline, departures.subList(0, DEPARTURES / 2));
      awaitFleet(pipeline, postgres);
      String savepoint =
          firstHalf
              .stopWithSavepoint(
                  false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
              .get();

      produce(kafka, departures.subList(DEPARTURES / 2, DEPARTURES));
      postgres.execute(
          "UPDATE public.planes SET seats = seats + 1 WHERE manufacturer = 'BOEING'",
          "DELETE FROM public.planes WHERE manufacturer = 'EMBRAER'");
      JobClient secondHalf = start(pipeline, Optional.of(savepoint));
      awaitCarriers(pipeline, departures);
      awaitFleet(pipeline, postgres);
      assertDeadLetters(kafka, pipeline);
      secondHalf.cancel().get();
    }
  }

  private JobClient start(Pipeline pipeline, Optional<String> savepoint) throws Exception {
    return LocalJob.start(pipeline, dir.resolve("checkpoints"), savepoint);
  }

  /** Each carrier's newest destination and departures of 24 hours, counted from the data itself. */
  private static void awaitCarriers(Pipeline pipeline, List<Departure> departures)
      throws Exception {
    Map<String, Departure> newest = new HashMap<>();
    for (Departure departure : departures) {
      if (!departure.cancelled()) {
        newest.put(departure.carrier(), departure);
      }
    }
    try (FeatureReader reader = reader(pipeline, "carrier_delay")) {
      for (Departure last : newest.values()) {
        long day = Duration.ofDays(1).toMillis();
        long minute = Duration.ofMinutes(1).toMillis();
        long now = last.departedAt().toEpochMilli();
        long first = Math.floorDiv(now, minute) * minute - day + minute;
        long expected =
            departures.stream()
                .filter(each -> each.carrier().equals(last.carrier()) && !each.cancelled())
                .filter(each -> each.departedAt().toEpochMilli() >= first)
                .count();
        Deadline.await(
            PATIENCE,
            () -> last.carrier() + ": " + expected + " departures at " + last.departedAt(),
            () -> {
              Optional<StoredFeatures> stored = read(reader, last.carrier());
              // A window may have been left since: then the value is newer than the last departure.
              return stored.isPresent()
                  && (stored.get().eventTime().isAfter(Instant.ofEpochMilli(now))
                      || stored.get().values().get("departures_24h").equals(expected));
            });
      }
    }
  }

  /** Planes and seats of each manufacturer are those of the table as it is now. */
  private static void awaitFleet(Pipeline pipeline, PostgresServer postgres) throws Exception {
    try (FeatureReader reader = reader(pipeline, "manufacturer_fleet");
        FeatureReader profiles = reader(pipeline, "plane_profile");
        Connection connection = postgres.connect()) {
      ResultSet fleet =
          connection
              .createStatement()
              .executeQuery(
                  "SELECT manufacturer, count(*), sum(seats) FROM public.planes"
                      + " WHERE manufacturer IS NOT NULL GROUP BY manufacturer");
      while (fleet.next()) {
        String manufacturer = fleet.getString(1);
        long planes = fleet.getLong(2);
        long seats = fleet.getLong(3);
        Deadline.await(
            PATIENCE,
            () -> manufacturer + ": " + planes + " planes, " + seats + " seats",
            () ->
                read(reader, manufacturer)
                    .filter(stored -> stored.values().get("planes").equals(planes))
                    .filter(stored -> stored.values().get("seats").equals(seats))
                    .isPresent());
      }
      ResultSet planes =
          connection.createStatement().executeQuery("SELECT tailnum, seats FROM public.planes");
      while (planes.next()) {
        String tailnum = planes.getString(1);
        Long seats = planes.getLong(2);
        Deadline.await(
            PATIENCE,
            () -> tailnum + ": " + seats + " seats",
            () ->
                read(profiles, tailnum)
                    .filter(stored -> stored.values().get("seats").equals(seats))
                    .isPresent());
      }
      if (connection
          .createStatement()
          .executeQuery("SELECT 1 FROM public.planes WHERE manufacturer = 'EMBRAER'")
          .next()) {
        return;
      }
      Deadline.await(
          PATIENCE, "the deleted planes are gone", () -> read(profiles, "N10156").isEmpty());
    }
  }

  private static void assertDeadLetters(KafkaServer kafka, Pipeline pipeline) {
    List<DeadLetter> letters = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(pipeline.topics().deadLetters()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Deadline.await(
          PATIENCE,
          "two dead letters are committed",
          () -> {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200))) {
              letters.add(DeadLetterJson.decode(each.value()));
            }
            return letters.size() >= 2;
          });
    }
    assertThat(letters)
        .extracting(DeadLetter::reason)
        .containsExactlyInAnyOrder(DeadLetterReason.NOT_JSON, DeadLetterReason.MISSING_FIELD);
    assertThat(letters)
        .extracting(letter -> new String(letter.raw().bytes(), StandardCharsets.UTF_8))
        .contains("not a flight", "{\"carrier\":\"UA\"}");
  }

  private static Optional<StoredFeatures> read(FeatureReader reader, Object key) throws Exception {
    return reader.read(List.of(List.of(key))).get(0);
  }

  private static FeatureReader reader(Pipeline pipeline, String viewName) throws Exception {
    FeatureViewSpec view = pipeline.featureView(viewName).orElseThrow();
    return new FeatureReader(
        pipeline.onlineStore(),
        pipeline.name(),
        CompiledView.of(pipeline, view).schema(),
        view.online());
  }

  private static Pipeline pipeline(KafkaServer kafka, RedisServer redis, PostgresServer postgres) {
    return PipelineLoader.load(
        FLIGHTS,
        new Environment(
            Map.of(
                "KAFKA", kafka.bootstrapServers(),
                "REDIS", redis.uri(),
                "PG_HOST", postgres.host(),
                "PG_PORT", Integer.toString(postgres.port()),
                "PG_DATABASE", postgres.database(),
                "PG_USER", postgres.username(),
                "PG_PASSWORD", postgres.password())));
  }

  private static void produce(KafkaServer kafka, List<Departure> departures) {
    try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      for (Departure departure : departures) {
        producer.send(
            new ProducerRecord<>(
                FlightData.TOPIC,
                departure.flightId().getBytes(StandardCharsets.UTF_8),
                departure.json()));
      }
    }
  }

  private static void produceBroken(KafkaServer kafka) {
    try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      for (String broken : List.of("not a flight", "{\"carrier\":\"UA\"}")) {
        producer.send(
            new ProducerRecord<>(FlightData.TOPIC, broken.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaServer kafka) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaServer kafka) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
