package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.duplicates.DuplicateLog;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.QdrantServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/**
 * The worked queries of {@code sql/queries}, as they stand, over what the example pipelines make of
 * a fixed slice of the flights: every 40th of the year and all of its last day.
 */
class QueriesITCase {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path QUERIES = PROJECT.resolve("sql/queries");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Instant LAST_DAY = Instant.parse("2013-12-31T00:00:00Z");
  private static final int EVERY = 40;
  private static final int MODELS_THAT_STAND_TWICE = 12;

  /** Of longer answers the beginning and the end are kept, and a hash of all. */
  private static final int LONGEST = 60;

  /** Stays a variable: secrets written out are refused. */
  private static final String PASSWORD = "PG_PASSWORD";

  private static final Pattern SET = Pattern.compile("(?s)\\s*SET\\s+'([^']+)'\\s*=\\s*'([^']*)'");

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(8)
              .build());

  @TempDir private static Path dir;
  private static final List<AutoCloseable> SERVERS = new ArrayList<>();

  @BeforeAll
  static void runThePipelines() throws Exception {
    KafkaServer kafka = opened(KafkaServer.start(dir.resolve("kafka")));
    RedisServer redis = opened(RedisServer.start(dir.resolve("redis")));
    PostgresServer postgres = opened(PostgresServer.start(dir.resolve("postgres")));
    QdrantServer qdrant = opened(QdrantServer.start(dir.resolve("qdrant")));
    kafka.createTopic(FlightData.TOPIC, 1);
    produce(kafka);
    try (Connection connection = postgres.connect()) {
      FlightData.ofThisProject().loadPlanes(connection);
      FlightData.createAirports(connection);
    }
    postgres.execute("DELETE FROM public.planes WHERE tailnum !~ '(AA|DL)$'");
    Map<String, String> addresses =
        Map.of(
            "KAFKA",
            kafka.bootstrapServers(),
            "REDIS",
            redis.uri(),
            "QDRANT",
            qdrant.url(),
            "PG_HOST",
            postgres.host(),
            "PG_PORT",
            Integer.toString(postgres.port()),
            "PG_DATABASE",
            postgres.database(),
            "PG_USER",
            postgres.username(),
            PASSWORD,
            postgres.password());
    Files.createDirectory(dir.resolve("pipelines"));
    Pipeline flights = pipeline("flights", addresses);
    JobClient features = start(flights);
    Pipeline points = pipeline("planes", addresses);
    JobClient vectors = start(points);
    awaitAllTakenIn(kafka, (KafkaOrigin) flights.source("flights").orElseThrow().origin());
    int planes = planes(postgres);
    try (Jedis client = new Jedis("127.0.0.1", redis.port())) {
      Deadline.await(
          PATIENCE,
          "profiles of %d planes in Redis".formatted(planes),
          () -> client.keys("millrace:flights:plane_profile:*").size() == planes);
    }
    awaitPoints(qdrant, planes);
    DuplicateLog duplicates = new DuplicateLog(points, "model_vectors");
    Deadline.await(
        PATIENCE,
        MODELS_THAT_STAND_TWICE + " pairs of models",
        () -> duplicates.pairs(Decision.MATCH, read -> {}).size() == MODELS_THAT_STAND_TWICE);
    for (JobClient job : List.of(features, vectors)) {
      job.stopWithSavepoint(
              false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
          .get();
    }
  }

  private static int planes(PostgresServer postgres) throws Exception {
    try (Connection connection = postgres.connect();
        ResultSet count =
            connection.createStatement().executeQuery("SELECT count(*) FROM public.planes")) {
      count.next();
      return count.getInt(1);
    }
  }

  private static void awaitPoints(QdrantServer qdrant, int points) {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest count =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/collections/planes/points/count"
                        .formatted(qdrant.httpPort())))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"exact\": true}"))
            .build();
    Deadline.await(
        PATIENCE,
        points + " points in Qdrant",
        () ->
            client
                .send(count, HttpResponse.BodyHandlers.ofString())
                .body()
                .contains("\"count\":" + points + "}"));
  }

  private static <T extends AutoCloseable> T opened(T server) {
    SERVERS.add(server);
    return server;
  }

  @AfterAll
  static void stopServers() throws Exception {
    Collections.reverse(SERVERS);
    for (AutoCloseable server : SERVERS) {
      server.close();
    }
  }

  /** The project's pipeline with these addresses, where the catalog finds it, too. */
  private static Pipeline pipeline(String name, Map<String, String> addresses) throws IOException {
    String text = Files.readString(PROJECT.resolve("conf/pipelines/" + name + ".yaml"));
    text = text.replace("contract: schemas/", "contract: " + PROJECT + "/schemas/");
    Matcher variable = Pattern.compile("\\$\\{([A-Z_]+)(:-[^}]*)?}").matcher(text);
    text =
        variable.replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1).equals(PASSWORD)
                        ? found.group()
                        : addresses.getOrDefault(found.group(1), found.group())));
    Path file = dir.resolve("pipelines/" + name + ".yaml");
    Files.writeString(file, text);
    return PipelineLoader.load(file, new Environment(addresses));
  }

  private static JobClient start(Pipeline pipeline) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(1);
    PipelineJob.prepare(pipeline);
    PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
    return env.executeAsync(PipelineJob.jobName(pipeline));
  }

  private static List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    byte[] heldBack = null;
    int place = 0;
    List<Departure> slice = new ArrayList<>();
    try (Stream<Departure> flights = FlightData.ofThisProject().flights()) {
      int[] index = {0};
      flights
          .filter(each -> index[0]++ % EVERY == 0 || !each.departedAt().isBefore(LAST_DAY))
          .forEach(slice::add);
    }
    for (Departure departure : slice) {
      // Now and then a flight comes behind the one after it, which left an hour later.
      if (++place % 400 == 0) {
        heldBack = departure.json();
        continue;
      }
      records.add(departure.json());
      if (heldBack != null) {
        records.add(heldBack);
        heldBack = null;
      }
    }
    records.add(40, "not a flight".getBytes(StandardCharsets.UTF_8));
    records.add(50, "{\"carrier\":\"UA\"}".getBytes(StandardCharsets.UTF_8));
    records.add(60, "{\"carrier\":\"DL\"}".getBytes(StandardCharsets.UTF_8));
    return records;
  }

  private static void produce(KafkaServer kafka) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      records().forEach(each -> producer.send(new ProducerRecord<>(FlightData.TOPIC, each)));
    }
  }

  /** A job commits its offsets when a checkpoint is complete, and with it all that it wrote. */
  private static void awaitAllTakenIn(KafkaServer kafka, KafkaOrigin origin) {
    int records = records().size();
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
      Deadline.await(
          PATIENCE,
          records + " records are taken in",
          () ->
              admin
                      .listConsumerGroupOffsets(origin.groupId())
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .values()
                      .stream()
                      .mapToLong(offset -> offset.offset())
                      .sum()
                  >= records);
    }
  }

  static Stream<Path> queries() throws IOException {
    try (Stream<Path> files = Files.list(QUERIES)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("queries")
  void shouldAnswer(Path file) throws Exception {
    String name = file.getFileName().toString().replace(".sql", "");
    List<String> statements =
        Stream.of(Files.readString(file).replaceAll("(?m)^--.*$", "").split(";"))
            .filter(statement -> !statement.isBlank())
            .toList();
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> answer = new ArrayList<>();
    StreamTableEnvironment sql = null;
    for (String statement : statements) {
      Matcher set = SET.matcher(statement);
      if (set.matches()) {
        settings.put(set.group(1), set.group(2));
        continue;
      }
      sql = sql == null ? open(settings) : sql;
      String placed = statement.replace("'../../../sql/queries/", "'" + QUERIES + "/");
      answer = rows(sql.executeSql(placed), statement.contains("ORDER BY"));
    }
    Path expected = PROJECT.resolve("jobs/src/test/resources/queries/" + name + ".txt");
    List<String> told = shortened(stable(name.substring(0, 2), answer));
    if (Boolean.getBoolean("millrace.update")) {
      Files.write(expected, told);
    }
    assertThat(expected)
        .as("rows of %s; write them with -Dmillrace.update=true, and look at them", name)
        .exists();
    assertThat(told).isEqualTo(Files.readAllLines(expected));
  }

  /** Without what may differ between two runs of a pipeline, and says why it does. */
  private static List<String> stable(String number, List<String> rows) {
    return switch (number) {
      // Monitors of views count vectors as they were written, which depends on when they were.
      case "12" -> rows.stream().filter(row -> !row.startsWith("+I[features_drift,")).toList();
      // Many planes have the same text, and so the same score: any of them may come first.
      case "16" -> rows.stream().map(row -> row.replaceAll("\\{\"tailnum\":[^}]*}, ", "")).toList();
      // Scores change until the weights are learned; which models match does not.
      case "18" ->
          rows.stream()
              .filter(row -> row.contains(", MATCH,"))
              .map(row -> row.replaceAll(", MATCH,.*", ", MATCH"))
              .toList();
      default -> rows;
    };
  }

  private static List<String> shortened(List<String> rows) throws Exception {
    if (rows.size() <= LONGEST) {
      return rows;
    }
    byte[] all = String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
    List<String> told = new ArrayList<>(rows.subList(0, LONGEST / 2));
    told.add(
        "... %d rows, SHA-256 of all %s"
            .formatted(
                rows.size(),
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all))));
    told.addAll(rows.subList(rows.size() - LONGEST / 2, rows.size()));
    return told;
  }

  private static StreamTableEnvironment open(Map<String, String> settings) {
    Configuration flink = Configuration.fromMap(settings);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(1);
    env.setRuntimeMode(
        flink.getOptional(ExecutionOptions.RUNTIME_MODE).orElse(RuntimeExecutionMode.STREAMING));
    StreamTableEnvironment sql = StreamTableEnvironment.create(env);
    sql.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
    sql.executeSql(
        "CREATE CATALOG millrace WITH ('type' = 'millrace', 'default-database' = 'flights',"
            + " 'pipelines' = '%s')".formatted(dir.resolve("pipelines")));
    sql.executeSql("USE CATALOG millrace");
    return sql;
  }

  /** The rows that are left at the end, as texts; sorted unless the query sorts them itself. */
  private static List<String> rows(TableResult result, boolean sorted) throws Exception {
    Map<Row, Integer> counts = new LinkedHashMap<>();
    try (CloseableIterator<Row> rows = result.collect()) {
      while (rows.hasNext()) {
        Row row = rows.next();
        boolean stays = row.getKind() == RowKind.INSERT || row.getKind() == RowKind.UPDATE_AFTER;
        row.setKind(RowKind.INSERT);
        counts.merge(row, stays ? 1 : -1, Integer::sum);
        counts.remove(row, 0);
      }
    }
    List<String> texts = new ArrayList<>();
    counts.forEach((row, count) -> texts.addAll(Collections.nCopies(count, row.toString())));
    if (!sorted) {
      Collections.sort(texts);
    }
    return texts;
  }
}
