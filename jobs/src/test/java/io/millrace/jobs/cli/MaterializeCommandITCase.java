package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.features.CompiledView;
import io.millrace.features.FeatureTopology;
import io.millrace.features.LatestTopology;
import io.millrace.features.WorkingMemory;
import io.millrace.jobs.training.Histories;
import io.millrace.online.RedisFeatureSink;
import io.millrace.online.VectorLetters;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureVector;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * A store that is filled from files of history, against the same store written by the operators and
 * the sink of a live job: every byte of every hash, versions included.
 */
class MaterializeCommandITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20261120);
  private static final long NEW_YEAR = Instant.parse("2013-01-01T00:00:00Z").toEpochMilli();
  private static final long DISORDER = 5 * 60_000;
  private static final int FLIGHTS = 1_200;

  /** A carrier whose flight comes after all others and moves the watermark. */
  private static final String PACER = "ZZ";

  @TempDir private Path dir;
  private RedisServer redis;
  private RedisClient client;
  private Path file;

  private record Flight(int id, String carrier, String dest, long at, int delay) {
    String json() {
      return """
      {"flight_id":"%d","carrier":"%s","flight":1,"origin":"JFK","dest":"%s","scheduled_at":"%s",\
      "departed_at":"%s","dep_delay_minutes":%d,"distance_miles":100,"cancelled":false}"""
          .formatted(id, carrier, dest, Instant.ofEpochMilli(at), Instant.ofEpochMilli(at), delay);
    }
  }

  @BeforeEach
  void start() throws IOException {
    redis = RedisServer.start(dir.resolve("redis"));
    client = RedisClient.create(redis.uri());
    file = dir.resolve("flights.yaml");
    String contract =
        Path.of("..", "schemas", "contracts", "flights.odcs.yaml")
            .toAbsolutePath()
            .normalize()
            .toString();
    Files.writeString(
        file,
        """
        pipeline: flights
        sources:
          flights:
            kafka: {topic: flights, bootstrap_servers: "localhost:1"}
            contract: %1$s
            event_time: {field: departed_at, out_of_orderness: 5m}
          planes:
            postgres_cdc: {host: localhost, database: nyc, table: public.planes, slot: planes}
            contract: %3$s
          boards:
            kafka: {topic: boards, bootstrap_servers: "localhost:1"}
            contract: %1$s
            event_time: {field: departed_at, out_of_orderness: 5m}
        features:
          carrier:
            entity: [carrier]
            source: flights
            where: "dest <> 'SJU'"
            hop: 1m
            aggregations:
              flights: {count: "*", windows: [1h, 6h]}
              delay:   {avg: dep_delay_minutes, windows: [1h]}
              late:    {quantile: dep_delay_minutes, q: 0.9, windows: [6h]}
              dests:   {approx_distinct: dest, windows: [6h]}
            online: {layout: hash}
          route:
            entity: [origin, dest]
            source: flights
            hop: 1m
            aggregations:
              flights: {count: "*", windows: [1h]}
              ever:    {sum: dep_delay_minutes}
              last:    {last: carrier, windows: [6h]}
            online: {layout: feast}
          plane:
            entity: [tailnum]
            source: planes
            latest: [seats]
            online: {layout: hash}
          board:
            entity: [dest]
            source: boards
            latest: [carrier, dep_delay_minutes]
            online: {layout: hash}
        online_store: {redis: "%2$s"}
        topics: {bootstrap_servers: "localhost:1"}
        """
            .formatted(contract, redis.uri(), contract.replace("flights.odcs", "planes.odcs")));
  }

  @AfterEach
  void stop() {
    client.close();
    redis.close();
  }

  @Test
  void shouldHoldWhatALiveJobHadWrittenAndNeverTurnItBack() throws Exception {
    Random random = new Random(SEED);
    List<Flight> flights = flights(random);
    Path history = history(shuffled(flights, random));
    long half = flights.get(FLIGHTS / 2).at();
    long later = flights.get(FLIGHTS - 1).at() + 40 * 60_000;

    runLive(flights, half, random);
    Map<String, Map<String, String>> liveAtHalf = stored();
    client.flushAll();
    runLive(flights, later, random);
    Map<String, Map<String, String>> liveLater = stored();
    client.flushAll();
    assertThat(liveAtHalf).hasSizeGreaterThan(20).isNotEqualTo(liveLater);

    // Nothing was there.
    CommandRun first = materialize(half, history);
    assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCodes.OK);
    assertThat(stored()).as("seed %d", SEED).isEqualTo(liveAtHalf);
    assertThat(first.out())
        .containsPattern("view=carrier at=%s .* older=0 ".formatted(Instant.ofEpochMilli(half)));

    // A live job that begins long before, as after a restore.
    runLive(flights, flights.get(FLIGHTS / 4).at(), random);
    assertThat(stored()).isEqualTo(liveAtHalf);

    // And goes on.
    runLive(flights, later, random);
    assertThat(stored()).isEqualTo(liveLater);

    // What is older than what a live job has written does not turn it back.
    CommandRun again = materialize(half, history);
    assertThat(again.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(stored()).isEqualTo(liveLater);
    assertThat(again.out()).doesNotContainPattern("view=route .* older=0 ");
    System.out.printf("MaterializeCommandITCase: %d hashes, seed %d%n", liveLater.size(), SEED);
  }

  @Test
  void shouldWriteWhatChangedSinceAndCatchUpWithThat() throws Exception {
    Random random = new Random(SEED + 1);
    List<Flight> flights = flights(random);
    Path history = history(flights);
    long before = flights.get(FLIGHTS - 30).at();

    materialize(before, history);
    CommandRun changes = run(history, "--from", Instant.ofEpochMilli(before).toString());
    assertThat(changes.exitCode()).as(changes.err()).isEqualTo(ExitCodes.OK);
    Map<String, Map<String, String>> caughtUp = stored();
    client.flushAll();
    CommandRun everything = run(history);

    assertThat(caughtUp).isEqualTo(stored());
    // As of the newest flight, which is not said anywhere.
    String newest = Instant.ofEpochMilli(flights.get(FLIGHTS - 1).at()).toString();
    assertThat(everything.out()).contains("view=carrier at=" + newest + " ");
    // Of a database's table nobody has kept what it was.
    assertThat(everything.out()).doesNotContain("view=plane ");
    assertThat(everything.err()).contains("view plane is left out: source planes is a table");
    assertThat(run(history, "plane").exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(changes.out()).doesNotContainPattern("view=board .* unchanged=0 ");
  }

  @Test
  void shouldWriteNothingWhenItIsOnlyTried() throws Exception {
    CommandRun run = run(history(flights(new Random(SEED))), "board", "--dry-run", "--json");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(run.out()).contains("\"dry_run\":true").doesNotContain("\"entities\":0");
    assertThat(stored()).isEmpty();
  }

  @Test
  void shouldSayWhatTheStoreRefusesAndWriteTheOthers() throws Exception {
    client.set("millrace:flights:board:BOS", "not a hash");
    List<Flight> flights =
        List.of(new Flight(1, "UA", "BOS", NEW_YEAR, 3), new Flight(2, "UA", "LAX", NEW_YEAR, 4));

    CommandRun run = run(history(flights), "board");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.out())
        .contains("entities=2 deleted=0 expired=0 unchanged=0 written=1 older=0 refused=1 ");
    assertThat(run.err()).contains("millrace:flights:board:BOS").contains("WRONGTYPE");
    assertThat(client.hget("millrace:flights:board:LAX", "dep_delay_minutes")).isEqualTo("4");
  }

  @Test
  void shouldNameEverythingThatIsWrongAtOnce() throws Exception {
    Path history = history(List.of(new Flight(1, "UA", "BOS", NEW_YEAR, 3)));

    CommandRun views = run(history, "boards", "carier");
    assertThat(views.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(views.err()).contains("\"board\"").contains("\"carrier\"");

    CommandRun times =
        CommandRun.of(
            "materialize",
            file.toString(),
            "--at=2013-01-01T00:00:00Z",
            "--from=2013-01-02T00:00:00Z",
            "--history=flight=" + history);
    assertThat(times.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(times.err())
        .contains("--from 2013-01-02T00:00:00Z is after --at 2013-01-01T00:00:00Z")
        .contains("a source flight")
        .contains("\"flights\"");

    redis.close();
    CommandRun away = run(history, "board");
    assertThat(away.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
    assertThat(away.err()).contains("127.0.0.1");
  }

  private CommandRun materialize(long at, Path history) {
    return run(history, "--at", Instant.ofEpochMilli(at).toString());
  }

  private CommandRun run(Path history, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "materialize",
                file.toString(),
                "--parallelism=2",
                "--history=flights=" + history,
                "--history=boards=" + history));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(new String[0]));
  }

  private static List<Flight> flights(Random random) {
    List<Flight> flights = new ArrayList<>();
    long clock = NEW_YEAR;
    for (int i = 0; i < FLIGHTS; i++) {
      clock += random.nextInt(30) == 0 ? random.nextInt(2_000_000) : 1 + random.nextInt(60_000);
      flights.add(
          new Flight(
              i,
              "C" + (char) ('A' + (int) (12 * random.nextDouble() * random.nextDouble())),
              random.nextInt(20) == 0
                  ? "SJU"
                  : "D" + (char) ('A' + random.nextInt(4)) + (char) ('A' + random.nextInt(9)),
              clock,
              random.nextInt(90)));
    }
    return flights;
  }

  private static List<Flight> shuffled(List<Flight> flights, Random random) {
    List<Flight> shuffled = new ArrayList<>(flights);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private Path history(List<Flight> flights) throws IOException {
    return Files.write(
        Files.createTempFile(dir, "history", ".jsonl"),
        flights.stream().map(Flight::json).toList());
  }

  /** Flights up to a time: those of {@code flights} out of order, boards in order. */
  private void runLive(List<Flight> flights, long until, Random random) throws Exception {
    List<Flight> inOrder =
        new ArrayList<>(flights.stream().filter(it -> it.at() <= until).toList());
    List<Flight> arrivals =
        new ArrayList<>(
            inOrder.stream()
                .map(flight -> Map.entry(flight.at() + random.nextLong(DISORDER), flight))
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .map(Map.Entry::getValue)
                .toList());
    Flight pacer = new Flight(-1, PACER, PACER + "Z", until + DISORDER, 0);
    inOrder.add(pacer);
    arrivals.add(pacer);
    Pipeline pipeline = PipelineFile.read(file, Environment.system()).pipeline();
    List<String> problems = new ArrayList<>();
    Histories histories =
        Histories.find(
            pipeline,
            pipeline.sources().stream().filter(it -> !it.name().equals("planes")).toList(),
            Map.of("flights", List.of(history(arrivals)), "boards", List.of(history(inOrder))),
            problems);
    assertThat(problems).isEmpty();
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    Map<String, DataStream<RowData>> rows = new TreeMap<>();
    for (String name : histories.sources()) {
      Source source = pipeline.source(name).orElseThrow();
      rows.put(
          source.name(),
          histories
              .rows(env, source.name())
              .assignTimestampsAndWatermarks(
                  WatermarkStrategy.<RowData>forGenerator(context -> new Lagging())
                      .withTimestampAssigner((row, time) -> time)));
    }
    for (FeatureViewSpec view : pipeline.featureViews()) {
      if (!rows.containsKey(view.source())) {
        continue;
      }
      CompiledView compiled = CompiledView.of(pipeline, view);
      DataStream<RowData> inputs = compiled.program().applyTo(rows.get(view.source()), view.name());
      DataStream<FeatureVector> vectors =
          view.isLatest()
              ? LatestTopology.featureVectors(
                  inputs, compiled.latest().orElseThrow(), false, view.emitEvery())
              : FeatureTopology.featureVectors(
                  inputs,
                  compiled.program().outputType(),
                  compiled.aggregations().orElseThrow(),
                  view.emitEvery(),
                  WorkingMemory.DEFAULT);
      Source source = pipeline.source(view.source()).orElseThrow();
      new RedisFeatureSink(pipeline.onlineStore(), "flights", compiled.schema(), view.online())
          .write(
              vectors,
              VectorLetters.of(source.name(), "topic", source.contract(), compiled.schema()))
          .sinkTo(new DiscardingSink<>());
    }
    env.execute("live");
  }

  /** Follows the newest row as closely as rows may be out of order. */
  private static final class Lagging implements WatermarkGenerator<RowData> {
    private long newest = Long.MIN_VALUE + DISORDER;

    @Override
    public void onEvent(RowData row, long time, WatermarkOutput output) {
      newest = Math.max(newest, time);
      output.emitWatermark(new Watermark(newest - DISORDER));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  /** All hashes, but those of the pacer. */
  private Map<String, Map<String, String>> stored() {
    Map<String, Map<String, String>> stored = new TreeMap<>();
    for (byte[] key : client.keys("*".getBytes(UTF_8))) {
      String name = new String(key, ISO_8859_1);
      if (!name.contains(PACER)) {
        Map<String, String> fields = new TreeMap<>();
        client
            .hgetAll(key)
            .forEach(
                (field, value) ->
                    fields.put(new String(field, ISO_8859_1), new String(value, ISO_8859_1)));
        stored.put(name, fields);
      }
    }
    return stored;
  }
}
