package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.VersionedField;
import io.millrace.document.Environment;
import io.millrace.features.CompiledView;
import io.millrace.jobs.LocalJob;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.SchemaChange;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that adds a field, renames one, widens one and breaks one, while a job runs that is
 * never restarted: its restart strategy is none, so that a failure ends it.
 */
class ContractEvolutionITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Path CONTRACT =
      Path.of("..", "schemas", "contracts", "flights.odcs.yaml").toAbsolutePath().normalize();

  private static final int BROKEN = 50;

  @TempDir private Path dir;

  @Test
  void shouldEndWithTheFeaturesOfAContractThatWasRightFromTheStart() throws Exception {
    List<Departure> departures =
        FlightData.ofThisProject().flights().filter(it -> !it.cancelled()).limit(700).toList();
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"));
        RedisServer redis = RedisServer.start(dir.resolve("redis"))) {
      kafka.createTopic(FlightData.TOPIC, 2);
      Pipeline drifting = pipeline("drifting", CONTRACT, kafka, redis);
      JobClient job = start(drifting);
      ContractDesk desk = new ContractDesk(drifting.topics());
      List<byte[]> sent = new ArrayList<>();

      send(kafka, sent, departures.subList(0, 200), it -> it);
      awaitFeatures(drifting, departures.subList(0, 200));
      send(kafka, sent, departures.subList(200, 300), it -> it.replace("}", ",\"gate\":\"B12\"}"));
      awaitVersion(desk, "the new field", it -> it.field("gate").isPresent());
      send(
          kafka,
          sent,
          departures.subList(300, 400),
          it -> it.replace("\"dest\"", "\"destination\""));
      SchemaChange rename = awaitSuggestion(desk);
      send(
          kafka,
          sent,
          departures.subList(400, 450),
          it -> it.replaceFirst("\"distance_miles\":", "\"distance_miles\":30000000"));
      send(
          kafka,
          sent,
          departures.subList(450, 450 + BROKEN),
          it -> it.replaceFirst("\"flight\":[0-9]+", "\"flight\":\"two\""));
      send(kafka, sent, departures.subList(500, 600), it -> it);
      awaitVersion(
          desk,
          "the wider distance",
          it ->
              it.field("distance_miles")
                  .orElseThrow()
                  .type()
                  .asSummaryString()
                  .startsWith("BIGINT"));

      long approvedNanos = System.nanoTime();
      CommandRun approval =
          CommandRun.of("contract", "approve", file("drifting"), "flights.destination");
      System.out.printf("answered after %d ms%n", (System.nanoTime() - approvedNanos) / 1_000_000);
      assertThat(approval.err()).isEmpty();
      assertThat(approval.out()).startsWith("flights.destination is read as dest");
      assertThat(CommandRun.of("contract", "diff", file("drifting"), "flights").out())
          .contains(
              "~ distance_miles INT -> BIGINT",
              "= dest is also sent as destination",
              "+ gate STRING");
      send(
          kafka,
          sent,
          departures.subList(600, 700),
          it -> it.replace("\"dest\"", "\"destination\""));
      awaitFeatures(drifting, departures.subList(600, 700));

      assertThat(rename.before()).isEqualTo("dest");
      assertThat(rename.after()).isEqualTo("destination");
      assertThat(desk.versions().get("flights").field("gate").orElseThrow())
          .satisfies(gate -> assertThat(gate.sample()).isEqualTo("\"B12\""))
          .satisfies(gate -> assertThat(gate.origin()).isEqualTo(VersionedField.Origin.EVOLVED));

      CommandRun replay =
          CommandRun.of("dead-letters", "replay", file("drifting"), "--field", "dest");
      assertThat(replay.err()).isEmpty();
      assertThat(replay.exitCode()).isZero();
      Path right = dir.resolve("right.odcs.yaml");
      Files.writeString(
          right,
          CommandRun.of("contract", "show", file("drifting"), "flights", "--odcs").out(),
          UTF_8);
      Pipeline reference = pipeline("reference", right, kafka, redis);
      JobClient undisturbed = start(reference);
      Map<String, Map<String, Object>> expected = new TreeMap<>();
      Deadline.await(
          PATIENCE,
          () -> "the same features as " + expected + ", not " + features(drifting, departures),
          () -> {
            expected.clear();
            expected.putAll(features(reference, departures));
            return departed(expected) == departures.size() - BROKEN
                && features(drifting, departures).equals(expected);
          });
      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      job.cancel().get();
      undisturbed.cancel().get();
    }
  }

  private static long departed(Map<String, Map<String, Object>> features) {
    return features.values().stream().mapToLong(it -> (Long) it.get("departures_7d")).sum();
  }

  private static Map<String, Map<String, Object>> features(
      Pipeline pipeline, List<Departure> departures) {
    Map<String, Map<String, Object>> features = new TreeMap<>();
    try (FeatureReader reader = reader(pipeline)) {
      for (String carrier : new TreeSet<>(departures.stream().map(Departure::carrier).toList())) {
        read(reader, carrier).ifPresent(it -> features.put(carrier, it.values()));
      }
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
    return features;
  }

  private String file(String pipeline) {
    return dir.resolve(pipeline + ".yaml").toString();
  }

  private static SchemaChange awaitSuggestion(ContractDesk desk) {
    List<SchemaChange> found = new ArrayList<>();
    Deadline.await(
        PATIENCE,
        "the rename is suggested",
        () -> {
          found.addAll(ContractDesk.open(desk.changes("flights")));
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static void awaitVersion(
      ContractDesk desk, String what, java.util.function.Predicate<ContractVersion> condition) {
    Deadline.await(
        PATIENCE,
        what + " is in the contract",
        () -> {
          ContractVersion version = desk.versions().get("flights");
          return version != null && condition.test(version);
        });
  }

  /** Each carrier's newest departure is in Redis. */
  private static void awaitFeatures(Pipeline pipeline, List<Departure> departures)
      throws Exception {
    Map<String, Departure> newest = new LinkedHashMap<>();
    departures.forEach(
        it ->
            newest.merge(
                it.carrier(),
                it,
                (one, other) -> one.departedAt().isAfter(other.departedAt()) ? one : other));
    try (FeatureReader reader = reader(pipeline)) {
      for (Departure last : newest.values()) {
        Deadline.await(
            PATIENCE,
            () -> last.carrier() + " has left to " + last.dest() + " at " + last.departedAt(),
            () ->
                read(reader, last.carrier())
                    .filter(it -> !it.eventTime().isBefore(last.departedAt()))
                    .isPresent());
      }
    }
  }

  private static Optional<StoredFeatures> read(FeatureReader reader, String carrier)
      throws Exception {
    return reader.read(List.of(List.of(carrier))).get(0);
  }

  private static FeatureReader reader(Pipeline pipeline) throws Exception {
    FeatureViewSpec view = pipeline.featureView("carriers").orElseThrow();
    return new FeatureReader(
        pipeline.onlineStore(),
        pipeline.name(),
        CompiledView.of(pipeline, view).schema(),
        view.online());
  }

  private JobClient start(Pipeline pipeline) throws Exception {
    PipelineJob.prepare(pipeline);
    return LocalJob.start(
        pipeline, dir.resolve("checkpoints-" + pipeline.name()), Optional.empty());
  }

  private Pipeline pipeline(String name, Path contract, KafkaServer kafka, RedisServer redis)
      throws Exception {
    Path file = dir.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        pipeline: %s
        sources:
          flights:
            kafka: {topic: flights, bootstrap_servers: "%s"}
            contract: %s
            event_time: {field: departed_at, out_of_orderness: 5m, idle_after: 1s}
            schema_drift: {rename: suggest}
        features:
          carriers:
            entity: [carrier]
            source: flights
            hop: 1h
            aggregations:
              departures:  {count: "*", windows: [7d]}
              miles:       {sum: distance_miles, windows: [7d]}
              delay:       {avg: dep_delay_minutes, windows: [7d]}
              most_used:   {max: flight, windows: [7d]}
              routes:      {approx_distinct: dest, windows: [7d]}
              last_dest:   {last: dest}
            online: {layout: hash}
        online_store: {redis: "%s"}
        topics: {bootstrap_servers: "%s", prefix: millrace.%s}
        """
            .formatted(
                name,
                kafka.bootstrapServers(),
                contract,
                redis.uri(),
                kafka.bootstrapServers(),
                name),
        UTF_8);
    return PipelineLoader.load(file, new Environment(Map.of()));
  }

  private static void send(
      KafkaServer kafka,
      List<byte[]> sent,
      List<Departure> departures,
      UnaryOperator<String> change) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Departure departure : departures) {
        byte[] value = change.apply(new String(departure.json(), UTF_8)).getBytes(UTF_8);
        sent.add(value);
        producer.send(
            new ProducerRecord<>(FlightData.TOPIC, departure.carrier().getBytes(UTF_8), value));
      }
    }
  }
}
