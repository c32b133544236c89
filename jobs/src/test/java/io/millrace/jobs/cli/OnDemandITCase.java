package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.features.CompiledView;
import io.millrace.features.FeatureTopology;
import io.millrace.features.LatestTopology;
import io.millrace.features.WorkingMemory;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.training.Histories;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.ondemand.OnDemandChecks;
import io.millrace.ondemand.OnDemandFeatures;
import io.millrace.ondemand.OnDemandReader;
import io.millrace.online.JavaValues;
import io.millrace.online.RedisFeatureSink;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.FeatureVector;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests, answered from what the online operators wrote into a real Redis, and as a
 * training set over the same history: random orders, random expressions over all types.
 */
class OnDemandITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20261120);
  private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
  private static final String ASKED_AT = "2026-03-08T00:00:00Z";
  private static final int ORDERS = 600;
  private static final int CUSTOMERS = 40;
  private static final int REQUESTS = 300;
  private static final int EXPRESSIONS = 24;

  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.orders
      name: orders
      version: 1.0.0
      status: active
      schema:
        - name: orders
          logicalType: object
          physicalType: topic
          properties:
            - {name: customer, logicalType: string, physicalType: string, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamp_ltz(3), required: true}
            - {name: flag, logicalType: boolean}
            - {name: tiny, logicalType: integer, physicalType: tinyint}
            - {name: small, logicalType: integer, physicalType: smallint}
            - {name: num, logicalType: integer, physicalType: int}
            - {name: big, logicalType: integer, physicalType: bigint}
            - {name: price, logicalType: number, physicalType: "decimal(10,2)"}
            - {name: ratio, logicalType: number, physicalType: float}
            - {name: amount, logicalType: number, physicalType: double}
            - {name: code, logicalType: string, physicalType: string}
            - {name: born, logicalType: date}
            - {name: clock, logicalType: time}
            - {name: local_at, logicalType: timestamp, physicalType: timestamp(3)}
            - {name: seen_at, logicalType: timestamp, physicalType: timestamp_ltz(3)}
            - {name: raw, logicalType: string, physicalType: bytes}
            - {name: tags, logicalType: array, items: {logicalType: string, physicalType: string}}
      """;

  private static final String PIPELINE =
      """
      pipeline: shop
      sources:
        orders:
          kafka: {topic: orders, bootstrap_servers: "localhost:1"}
          contract: orders.odcs.yaml
          event_time: {field: at}
      features:
        profile:
          entity: [customer]
          source: orders
          latest: [flag, tiny, small, num, big, price, ratio, amount, code, born, clock, local_at,
                   seen_at, raw, tags]
        spending:
          entity: [customer]
          source: orders
          hop: 1h
          aggregations:
            orders: {count: "*", windows: [30d]}
            spent:  {sum: amount, windows: [30d]}
            mean:   {avg: num, windows: [30d]}
            p90:    {quantile: amount, q: 0.9, windows: [30d]}
            paid:   {sum: price, windows: [30d]}
            codes:  {last_k: code, k: 3, windows: [30d]}
            top:    {top_k: code, k: 2, windows: [30d]}
            shape:  {histogram: amount, edges: [0, 10], windows: [30d]}
            most:   {max: big, windows: [30d]}
          online: {layout: feast}
      online_store: {redis: "%s"}
      topics: {bootstrap_servers: "localhost:1"}
      on_demand:
        asked:
          request: {n: INT, d: DOUBLE, s: STRING, b: BOOLEAN, dec: "DECIMAL(10, 2)",
                    when: TIMESTAMP_LTZ(3), day: DATE}
          features:
            share:    "d / NULLIF(spending.spent_30d, 0)"
            failing:  "100 / n"
            cast:     "CAST(s AS INT) + profile.num"
            new:      "spending IS NULL"
            favourite: "spending.top_30d[1] = s OR ARRAY_CONTAINS(profile.tags, s)"
            shape:    "CARDINALITY(spending.shape_30d) + spending.shape_30d[2]"
            since:    "TIMESTAMPDIFF(MINUTE, profile.seen_at, `when`)"
            weekday:  "DAYOFWEEK(`day`) + EXTRACT(HOUR FROM profile.clock)"
      """;

  private static final Random RANDOM = new Random(SEED);

  @TempDir private static Path folder;
  private static RedisServer redis;
  private static Path history;
  private static PipelineFile file;

  @BeforeAll
  static void serveOrders() throws Exception {
    redis = RedisServer.start(folder.resolve("redis"));
    Files.writeString(folder.resolve("orders.odcs.yaml"), CONTRACT);
    Path path = folder.resolve("shop.yaml");
    Files.writeString(path, PIPELINE.formatted(redis.uri()) + randomExpressions());
    file = PipelineFile.read(path, new Environment(Map.of()));
    assertThat(file.problems()).isEmpty();
    history = Files.write(folder.resolve("orders.jsonl"), orders());
    serve(file.pipeline());
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void shouldGiveTheSameValuesOnlineAndInTrainingSets() throws IOException {
    Pipeline pipeline = file.pipeline();
    List<Map<String, Object>> requests = new ArrayList<>();
    List<String> spine = new ArrayList<>(List.of("customer,at,n,d,s,b,dec,when,day"));
    for (int i = 0; i < REQUESTS; i++) {
      Map<String, Object> request = request();
      requests.add(request);
      spine.add(
          request.entrySet().stream()
              .map(it -> it.getValue() == null ? "" : it.getValue().toString())
              .collect(Collectors.joining(","))
              .replaceFirst(",", "," + ASKED_AT + ","));
    }
    Path out = folder.resolve("set.parquet");

    CommandRun run =
        CommandRun.of(
            "training-set",
            "--pipeline",
            file.path().toString(),
            "--spine",
            Files.write(folder.resolve("spine.csv"), spine).toString(),
            "--timestamp",
            "at",
            "--features",
            "asked:*,spending:orders_30d",
            "--history",
            "orders=" + history,
            "--parallelism",
            "2",
            "--json",
            "--out",
            out.toString());

    assertThat(run.exitCode()).as(run.err()).isZero();
    CompiledGroup group = CompiledGroup.of(pipeline, pipeline.onDemandGroup("asked").orElseThrow());
    List<OnDemandFeatures> online;
    try (OnDemandReader reader = new OnDemandReader(pipeline, group)) {
      online = reader.read(requests);
    }
    Map<String, Long> failed = new HashMap<>();
    Map<String, Integer> known = new HashMap<>();
    try (ParquetRows rows = ParquetRows.open(out)) {
      List<String> columns = rows.rowType().getFieldNames();
      List<JavaValues.Getter> getters = JavaValues.getters("the set", rows.rowType());
      for (int i = 0; i < REQUESTS; i++) {
        GenericRowData row = new GenericRowData(columns.size());
        assertThat(rows.next(row)).isTrue();
        for (String feature : group.values().getFieldNames()) {
          String column = columns.contains(feature) ? feature : "asked__" + feature;
          Object offline = getters.get(columns.indexOf(column)).get(row);
          Object served = online.get(i).values().get(feature);
          assertThat(plain(offline))
              .as("seed %d, request %s, %s", SEED, requests.get(i), feature)
              .isEqualTo(plain(served));
          known.merge(feature, served == null ? 0 : 1, Integer::sum);
        }
        online.get(i).failures().keySet().forEach(it -> failed.merge(it, 1L, Long::sum));
      }
    }
    assertThat(known).allSatisfy((feature, rows) -> assertThat(rows).as(feature).isPositive());
    assertThat(failed).containsKeys("failing", "cast");
    for (JsonNode column : new ObjectMapper().readTree(run.out()).path("columns")) {
      String feature = column.path("feature").asText().replace("asked:", "");
      assertThat(column.path("failed").asLong())
          .as(feature)
          .isEqualTo(failed.getOrDefault(feature, 0L));
    }
  }

  @Test
  void shouldAnswerRequestsOfTheCommandLine() throws IOException {
    CommandRun table =
        get(
            "c1",
            "nobody",
            "--request=n=0",
            "--request=d=2.5",
            "--request=s=a1",
            "--request=b=true",
            "--request=dec=3.25",
            "--request=when=2026-03-08T00:00:00Z",
            "--request=day=2026-03-08");

    assertThat(table.exitCode()).as(table.err()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(table.out())
        .containsPattern("(?m)^customer +c1 +nobody$")
        .containsPattern("(?m)^spending is +[0-9]+ d .* old +not known$")
        .containsPattern("(?m)^new +false +true$")
        .containsPattern("(?m)^failing +null +null$");
    assertThat(table.err())
        .contains("features get: view spending knows nothing of {customer=nobody")
        .contains("features get: feature failing failed on {customer=c1")
        .contains("by zero");

    String line =
        "{\"customer\":\"c1\",\"n\":4,\"d\":2.5,\"s\":null,\"b\":true,\"dec\":3.25,"
            + "\"when\":\"2026-03-08T00:00:00Z\",\"day\":\"2026-03-08\"}";
    Path lines = Files.write(folder.resolve("requests.jsonl"), List.of(line, "", line));
    CommandRun json = get("--requests", lines.toString(), "--json");

    assertThat(json.err()).isEmpty();
    assertThat(json.exitCode()).isZero();
    assertThat(json.out().lines()).hasSize(2);
    JsonNode answer = new ObjectMapper().readTree(json.out().lines().findFirst().orElseThrow());
    assertThat(answer.path("group").asText()).isEqualTo("asked");
    assertThat(answer.at("/features/failing").asInt()).isEqualTo(25);
    assertThat(answer.at("/features/cast").isNull()).isTrue();
    assertThat(answer.at("/views/spending/revision").asLong()).isPositive();
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() throws IOException {
    CommandRun missing = get("c1", "--request=n=1", "--request", "d=2.5");
    assertThat(missing.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(missing.err()).contains("has no s, which is to be there even where it is null");

    CommandRun unknown = get("c1", "--request=custommer=1");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unknown.err())
        .contains("a request of asked: there is no field custommer; did")
        .contains("\"customer\"?");

    Path lines = Files.writeString(folder.resolve("requests.jsonl"), "\n{\"n\": 1.5}\n");
    CommandRun line = get("--requests", lines.toString());
    assertThat(line.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(line.err()).contains("line 2: n: \"1.5\" is not a value of type INT");

    CommandRun none = get();
    assertThat(none.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(none.err()).contains("no KEY: name entities, customer=..., or give --requests");
  }

  private static CommandRun get(String... words) {
    List<String> all = new ArrayList<>(List.of("features", "get", "asked"));
    all.addAll(List.of(words));
    all.addAll(List.of("--pipeline-file", file.path().toString()));
    return CommandRun.of(all.toArray(new String[0]));
  }

  /** Arrays by their content. */
  private static Object plain(Object value) {
    return value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
  }

  /** What the online operators publish, in a streaming job. */
  private static void serve(Pipeline pipeline) throws Exception {
    List<String> problems = new ArrayList<>();
    Histories histories =
        Histories.find(pipeline, pipeline.sources(), Map.of("orders", List.of(history)), problems);
    assertThat(problems).isEmpty();
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    DataStream<RowData> rows = histories.rows(env, "orders");
    for (FeatureViewSpec view : pipeline.featureViews()) {
      CompiledView compiled = CompiledView.of(pipeline, view);
      DataStream<RowData> inputs = compiled.program().applyTo(rows, view.name());
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
      vectors.sinkTo(
          new RedisFeatureSink(
              pipeline.onlineStore(), pipeline.name(), compiled.schema(), view.online()));
    }
    env.execute("serve orders");
  }

  private static List<String> orders() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ORDERS; i++) {
      // Times differ, so that there is one newest order.
      Instant at = FIRST.plusSeconds(i * 900L);
      Map<String, Object> order = new LinkedHashMap<>();
      order.put("customer", "c" + RANDOM.nextInt(CUSTOMERS));
      order.put("at", at.toString());
      put(order, "flag", RANDOM.nextBoolean());
      put(order, "tiny", RANDOM.nextInt(100) - 50);
      put(order, "small", RANDOM.nextInt(20_000) - 10_000);
      put(order, "num", RANDOM.nextInt(50) - 5);
      put(order, "big", RANDOM.nextLong() >> 20);
      put(order, "price", BigDecimal.valueOf(RANDOM.nextInt(100_000), 2));
      put(order, "ratio", RANDOM.nextInt(100) / 8.0);
      put(order, "amount", RANDOM.nextInt(10) == 0 ? 0.0 : RANDOM.nextGaussian() * 20);
      put(order, "code", code());
      put(order, "born", LocalDate.ofEpochDay(RANDOM.nextInt(20_000)).toString());
      put(order, "clock", "%02d:%02d:%02d".formatted(i % 24, i % 60, i % 59));
      put(order, "local_at", "2026-01-%02dT%02d:30:00.125".formatted(1 + i % 28, i % 24));
      put(order, "seen_at", at.minusSeconds(RANDOM.nextInt(100_000)).toString());
      put(order, "raw", "AQID");
      put(order, "tags", IntStream.range(0, RANDOM.nextInt(3)).mapToObj(any -> code()).toList());
      lines.add(json.writeValueAsString(order));
    }
    return lines;
  }

  private static void put(Map<String, Object> order, String field, Object value) {
    order.put(field, RANDOM.nextInt(6) == 0 ? null : value);
  }

  private static String code() {
    String[] codes = {"a1", "b2", "7", "12", "Straße", "x"};
    return codes[RANDOM.nextInt(codes.length)];
  }

  private static Map<String, Object> request() {
    Map<String, Object> request = new LinkedHashMap<>();
    // Some customers never ordered.
    request.put("customer", "c" + RANDOM.nextInt(CUSTOMERS + 5));
    put(request, "n", RANDOM.nextInt(4));
    put(request, "d", RANDOM.nextInt(1000) / 16.0);
    put(request, "s", code());
    put(request, "b", RANDOM.nextBoolean());
    put(request, "dec", BigDecimal.valueOf(RANDOM.nextInt(100_000), 2));
    put(request, "when", Instant.parse(ASKED_AT).plusSeconds(RANDOM.nextInt(100_000)));
    put(request, "day", LocalDate.ofEpochDay(20_000 + RANDOM.nextInt(500)));
    return request;
  }

  /** Expressions that the planner takes, as lines of the group's features. */
  private static String randomExpressions() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EXPRESSIONS; i++) {
      String expression =
          switch (i % 4) {
            case 0, 1 -> number(3);
            case 2 -> text(2);
            default -> truth(2);
          };
      lines.add("      r%d: \"%s\"\n".formatted(i, expression));
    }
    PipelineFile draft =
        PipelineFile.parse(
            folder.resolve("draft.yaml"),
            PIPELINE.formatted(redis.uri()) + String.join("", lines),
            new Environment(Map.of()));
    List<Problem> refused = OnDemandChecks.problems(draft);
    lines.removeIf(
        line ->
            refused.stream().anyMatch(it -> it.path().endsWith("." + line.strip().split(":")[0])));
    assertThat(lines).as("seed %d, %s", SEED, refused).hasSizeGreaterThan(EXPRESSIONS / 2);
    return String.join("", lines);
  }

  private static String any(String... choices) {
    return choices[RANDOM.nextInt(choices.length)];
  }

  private static String number(int depth) {
    if (depth == 0) {
      return any(
          "n",
          "d",
          "dec",
          "profile.tiny",
          "profile.small",
          "profile.num",
          "profile.big",
          "profile.price",
          "profile.ratio",
          "profile.amount",
          "spending.orders_30d",
          "spending.spent_30d",
          "spending.mean_30d",
          "spending.p90_30d",
          "spending.paid_30d",
          "spending.most_30d",
          "spending.shape_30d[1]",
          "3",
          "0.5");
    }
    return switch (RANDOM.nextInt(7)) {
      case 0 -> "(" + number(depth - 1) + " + " + number(depth - 1) + ")";
      case 1 -> "(" + number(depth - 1) + " - " + number(depth - 1) + ")";
      case 2 -> "(" + number(depth - 1) + " / NULLIF(" + number(0) + ", 0))";
      case 3 -> "COALESCE(" + number(depth - 1) + ", " + number(0) + ")";
      case 4 -> "CASE WHEN " + truth(1) + " THEN " + number(depth - 1) + " ELSE d END";
      case 5 -> "CHAR_LENGTH(" + text(depth - 1) + ")";
      default -> "ABS(" + number(depth - 1) + ")";
    };
  }

  private static String text(int depth) {
    if (depth == 0) {
      return any("s", "profile.code", "spending.top_30d[1]", "spending.codes_30d[2]", "'lit'");
    }
    return switch (RANDOM.nextInt(6)) {
      case 0 -> "UPPER(" + text(depth - 1) + ")";
      case 1 -> "(" + text(depth - 1) + " || '-' || " + text(depth - 1) + ")";
      case 2 -> "CAST(" + number(depth - 1) + " AS STRING)";
      case 3 -> "SUBSTRING(" + text(depth - 1) + ", 2)";
      case 4 ->
          "CAST("
              + any("`day`", "profile.born", "profile.local_at", "profile.seen_at", "`when`")
              + " AS STRING)";
      default -> "COALESCE(" + text(depth - 1) + ", s)";
    };
  }

  private static String truth(int depth) {
    if (depth == 0) {
      return any("b", "profile.flag", "profile IS NULL", "spending IS NOT NULL");
    }
    return switch (RANDOM.nextInt(5)) {
      case 0 -> "(" + truth(depth - 1) + " AND " + truth(depth - 1) + ")";
      case 1 -> "(" + truth(depth - 1) + " OR NOT " + truth(depth - 1) + ")";
      case 2 -> number(depth - 1) + " > " + number(depth - 1);
      case 3 -> text(depth - 1) + " LIKE '%a%'";
      default -> any("`when` > profile.seen_at", "`day` < profile.born", "profile.raw IS NULL");
    };
  }
}
