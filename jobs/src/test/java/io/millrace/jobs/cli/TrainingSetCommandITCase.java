package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flights of January as history and as spine, through the command line and a real Flink. */
class TrainingSetCommandITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20130101);
  private static final int FLIGHTS = 12_000;
  private static final int ASKED = 1_500;
  private static final Duration DAY = Duration.ofDays(1);
  private static final String PIPELINE = "conf/pipelines/flights.yaml";

  @TempDir private Path folder;

  @Test
  void shouldWriteWhatWasKnownOfEveryFlightAtItsTime() throws IOException {
    List<Departure> flights = flights();
    Random random = new Random(SEED);
    Path history = history("history.jsonl", shuffled(flights, random));
    List<Departure> asked = shuffled(flights, random).subList(0, ASKED);
    Path spine = spine(asked);
    Path out = folder.resolve("set.parquet");

    CommandRun run = make(spine, history, out, "2");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("written  " + out + ": 1,500 rows, 6 features")
        .contains(
            "history  flights from " + history + ", contract 1.0.0 as in its file: Kafka at ");
    List<GenericRowData> rows = rows(out);
    assertThat(rows).hasSize(ASKED);
    RowType columns = columns(out);
    assertThat(columns.getFieldNames())
        .containsExactly(
            "airline",
            "origin",
            "dest",
            "at",
            "late",
            "departures_24h",
            "delay_mean_24h",
            "last_dest",
            "flights_24h",
            "delayed_24h",
            "delayed_share_24h");
    int checked = 0;
    for (int i = 0; i < ASKED; i++) {
      Departure flight = asked.get(i);
      GenericRowData row = rows.get(i);
      String what = "seed %d row %d %s".formatted(SEED, i, flight);
      assertThat(row.getString(0).toString()).as(what).isEqualTo(flight.carrier());
      Truth carrier =
          new Truth(
              flights, flight, Duration.ofMinutes(1), it -> it.carrier().equals(flight.carrier()));
      Truth flown = carrier.notCancelled();
      if (flown.everything == 0) {
        assertThat(row.isNullAt(5)).as(what).isTrue();
      } else {
        assertThat(row.getLong(5)).as(what).isEqualTo(flown.inWindow.size());
        assertMean(what, row, 6, flown);
      }
      Truth route =
          new Truth(
              flights,
              flight,
              Duration.ofMinutes(15),
              it -> it.origin().equals(flight.origin()) && it.dest().equals(flight.dest()));
      if (route.everything > 0) {
        assertThat(row.getLong(8)).as(what).isEqualTo(route.inWindow.size());
        assertThat(row.getLong(9)).as(what).isEqualTo(route.delayed());
      }
      checked++;
    }
    assertThat(checked).isEqualTo(ASKED);
  }

  @Test
  void shouldWriteTheSameBytesWhateverTheOrderOfHistory() throws IOException {
    List<Departure> flights = flights().subList(0, 3_000);
    Path spine = spine(flights.subList(1_000, 1_400));
    Path first = folder.resolve("first.parquet");
    Path second = folder.resolve("second.parquet");

    CommandRun one = make(spine, history("one.jsonl", flights), first, "1");
    CommandRun two =
        make(spine, history("two.jsonl", shuffled(flights, new Random(SEED))), second, "3");

    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(two.exitCode()).as(two.err()).isZero();
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    assertThat(Files.list(folder).map(it -> it.getFileName().toString()))
        .doesNotContain(".first.parquet.part", ".second.parquet.part");
  }

  @Test
  void shouldMakeTheSameSetOnACluster() throws Exception {
    List<Departure> flights = flights().subList(0, 3_000);
    Path spine = spine(flights.subList(1_000, 1_400));
    Path history = history("history.jsonl", flights);
    Path here = folder.resolve("here.parquet");
    Path there = folder.resolve("there.parquet");
    Path jar = folder.resolve("job.jar");
    new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
    try (MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .withRandomPorts()
                .build())) {
      cluster.start();
      URI rest = cluster.getRestAddress().get();

      CommandRun local = make(spine, history, here, "2");
      CommandRun remote =
          make(
              spine,
              history,
              there,
              "2",
              "--rest",
              rest.getHost() + ":" + rest.getPort(),
              "--jar",
              jar.toString());

      assertThat(local.exitCode()).as(local.err()).isZero();
      assertThat(remote.exitCode()).as(remote.err()).isZero();
    }
    assertThat(Files.readAllBytes(there)).isEqualTo(Files.readAllBytes(here));
  }

  /** The producer renames two fields half-way, and the job has learned it. */
  @Test
  void shouldReadATopicToItsEndByWhatTheJobHasLearned() throws Exception {
    List<Departure> flights = flights().subList(0, 3_000);
    Path spine = spine(flights.subList(1_000, 1_400));
    Path ofFile = folder.resolve("file.parquet");
    Path ofTopic = folder.resolve("topic.parquet");
    CommandRun file = make(spine, history("history.jsonl", flights), ofFile, "2");
    CommandRun topic;
    try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"))) {
      Map<String, String> environment = Map.of("KAFKA", kafka.bootstrapServers());
      Pipeline pipeline =
          PipelineLoader.load(project().resolve(PIPELINE), new Environment(environment));
      kafka.createTopic("flights", 3);
      kafka.createTopic(pipeline.topics().contracts(), 1);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.send(
            new ProducerRecord<>(
                pipeline.topics().contracts(),
                "flights".getBytes(StandardCharsets.UTF_8),
                ContractVersionJson.encode(renamed(pipeline.source("flights").orElseThrow()))));
        for (int i = 0; i < flights.size(); i++) {
          String json = new String(flights.get(i).json(), StandardCharsets.UTF_8);
          String sent =
              i < flights.size() / 2
                  ? json
                  : json.replace("\"carrier\"", "\"airline_code\"")
                      .replace("\"dep_delay_minutes\"", "\"late_by\"");
          producer.send(new ProducerRecord<>("flights", sent.getBytes(StandardCharsets.UTF_8)));
        }
        producer.send(new ProducerRecord<>("flights", "no JSON".getBytes(StandardCharsets.UTF_8)));
      }
      topic = CommandRun.with(environment, words(spine, ofTopic, "2").toArray(new String[0]));
    }

    assertThat(file.exitCode()).as(file.err()).isZero();
    assertThat(topic.exitCode()).as(topic.err()).isZero();
    assertThat(topic.out())
        .contains(
            "history  flights from topic flights, contract 1.0.0+1, 1 records refused by its"
                + " contract");
    assertThat(texts(ofTopic)).isEqualTo(texts(ofFile));
  }

  private static ContractVersion renamed(Source flights) {
    ContractVersion file = ContractVersion.ofFile(flights.name(), flights.contract(), 0);
    ContractVersion one =
        file.next(
            "renamed",
            1,
            file.fieldsWith("carrier", field -> field.withAlias("airline_code")),
            Set.of());
    return file.next(
        "renamed",
        1,
        one.fieldsWith("dep_delay_minutes", field -> field.withAlias("late_by")),
        Set.of());
  }

  private static List<String> texts(Path set) throws IOException {
    return rows(set).stream().map(GenericRowData::toString).toList();
  }

  private static CommandRun make(
      Path spine, Path history, Path out, String parallelism, String... more) {
    List<String> words = words(spine, out, parallelism);
    words.addAll(List.of("--history", "flights=" + history));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(new String[0]));
  }

  private static List<String> words(Path spine, Path out, String parallelism) {
    return new ArrayList<>(
        List.of(
            "training-set",
            "--pipeline",
            project().resolve(PIPELINE).toString(),
            "--spine",
            spine.toString(),
            "--timestamp",
            "at",
            "--entity-columns",
            "carrier=airline,origin,dest",
            "--features",
            "carrier_delay:departures_24h,carrier_delay:delay_mean_24h,carrier_delay:last_dest,"
                + "route_delay:flights_24h,route_delay:delayed_24h,route_delay:delayed_share_24h",
            "--parallelism",
            parallelism,
            "--out",
            out.toString()));
  }

  private static void assertMean(String what, GenericRowData row, int column, Truth truth) {
    double[] delays =
        truth.inWindow.stream()
            .filter(it -> it.depDelayMinutes().isPresent())
            .mapToDouble(it -> it.depDelayMinutes().getAsInt())
            .toArray();
    if (delays.length == 0) {
      assertThat(row.isNullAt(column)).as(what).isTrue();
    } else {
      assertThat(row.getDouble(column))
          .as(what)
          .isEqualTo(java.util.Arrays.stream(delays).sum() / delays.length);
    }
  }

  /** The definition of a day's window, over all flights each time. */
  private static final class Truth {
    private final List<Departure> inWindow;
    private final List<Departure> before;
    private final int everything;

    Truth(
        List<Departure> flights,
        Departure at,
        Duration hop,
        java.util.function.Predicate<Departure> which) {
      this(
          flights.stream()
              .filter(which)
              .filter(it -> !it.departedAt().isAfter(at.departedAt()))
              .toList(),
          at.departedAt(),
          hop.toMillis());
    }

    private Truth(List<Departure> before, Instant at, long hop) {
      this.before = before;
      everything = before.size();
      long from = Math.floorDiv(at.toEpochMilli(), hop) * hop - DAY.toMillis() + hop;
      inWindow = before.stream().filter(it -> it.departedAt().toEpochMilli() >= from).toList();
      this.at = at;
      this.hop = hop;
    }

    private final Instant at;
    private final long hop;

    Truth notCancelled() {
      return new Truth(before.stream().filter(it -> !it.cancelled()).toList(), at, hop);
    }

    long delayed() {
      return inWindow.stream()
          .filter(it -> it.depDelayMinutes().isPresent() && it.depDelayMinutes().getAsInt() >= 15)
          .count();
    }
  }

  private static List<Departure> flights() {
    try (Stream<Departure> flights = FlightData.ofThisProject().flights()) {
      return flights.limit(FLIGHTS).toList();
    }
  }

  private static List<Departure> shuffled(List<Departure> flights, Random random) {
    List<Departure> shuffled = new ArrayList<>(flights);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private Path history(String name, List<Departure> flights) throws IOException {
    Path file = folder.resolve(name);
    Files.write(
        file, flights.stream().map(it -> new String(it.json(), StandardCharsets.UTF_8)).toList());
    return file;
  }

  private Path spine(List<Departure> flights) throws IOException {
    List<String> lines = new ArrayList<>(List.of("airline,origin,dest,at,late"));
    for (Departure flight : flights) {
      lines.add(
          "%s,%s,%s,%s,%s"
              .formatted(
                  flight.carrier(),
                  flight.origin(),
                  flight.dest(),
                  flight.departedAt(),
                  flight.depDelayMinutes().orElse(0) > 15));
    }
    return Files.write(folder.resolve("spine.csv"), lines);
  }

  private static List<GenericRowData> rows(Path file) throws IOException {
    List<GenericRowData> rows = new ArrayList<>();
    try (ParquetRows in = ParquetRows.open(file)) {
      int columns = in.rowType().getFieldCount();
      GenericRowData row = new GenericRowData(columns);
      while (in.next(row)) {
        rows.add(row);
        row = new GenericRowData(columns);
      }
    }
    return rows;
  }

  private static RowType columns(Path file) throws IOException {
    try (ParquetRows in = ParquetRows.open(file)) {
      return in.rowType();
    }
  }

  private static Path project() {
    Path dir = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(dir.resolve("conf/pipelines"))) {
      dir = dir.getParent();
    }
    return dir;
  }
}
