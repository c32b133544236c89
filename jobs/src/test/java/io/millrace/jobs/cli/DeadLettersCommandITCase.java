package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.jobs.LocalJob;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Orders that are refused for five reasons, and what becomes of them after a fix. */
class DeadLettersCommandITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String TODAY = "2013-01-08T10:00:00Z";
  private static final String LAST_WEEK = "2013-01-01T10:00:00Z";
  private static final String LIMA = "millrace:orders:by_city:Lima";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;
  private KafkaServer kafka;
  private RedisServer redis;
  private RedisClient features;
  private KafkaProducer<byte[], byte[]> producer;
  private Map<String, String> places;
  private JobClient running;

  @Test
  void shouldListShowAndReplayWithOneEffectHoweverOften() throws Exception {
    try (KafkaServer startedKafka = KafkaServer.start(dir.resolve("kafka"));
        RedisServer startedRedis = RedisServer.start(dir.resolve("redis"));
        RedisClient client = RedisClient.create(startedRedis.uri())) {
      kafka = startedKafka;
      redis = startedRedis;
      features = client;
      places = Map.of("KAFKA", kafka.bootstrapServers(), "REDIS", redis.uri());
      try (KafkaProducer<byte[], byte[]> startedProducer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 2 << 20),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer = startedProducer;
        kafka.createTopic("orders", 2);
        tell();
      } finally {
        if (running != null) {
          running.cancel().exceptionally(alreadyEnded -> null).get();
        }
      }
    }
  }

  private void tell() throws Exception {
    features.set(LIMA, "taken by somebody else");
    write("orders.odcs.yaml", contract -> contract);
    write("orders.yaml", pipeline -> pipeline);
    JobClient strict = start(Optional.empty());
    ordersOfAllKinds();
    awaitFeatures("by_city:Oslo", "4", "1003");
    awaitFeatures("by_city:Rome", "2", "4");
    awaitLetters("MISSING_FIELD", 3);
    awaitLetters("NOT_JSON", 1);
    awaitLetters("WRONG_TYPE", 1);
    awaitLetters("EXPRESSION_FAILED", 1);
    awaitLetters("REFUSED_BY_STORE", 1);
    aLateOrder();

    shouldShowLetters();
    String savepoint =
        strict
            .stopWithSavepoint(
                false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
            .get();
    features.del(LIMA);
    // The fix: notes are optional, and the view does without codes that are no numbers.
    write(
        "orders.odcs.yaml",
        contract ->
            contract.replace(
                "{name: note, logicalType: string, physicalType: string, required: true}",
                "{name: note, logicalType: string, physicalType: string}"));
    write("orders.yaml", pipeline -> pipeline.replace("CAST(code", "TRY_CAST(code"));
    start(Optional.of(savepoint));

    CommandRun dryRun = run("replay", "--reason", "MISSING_FIELD", "--dry-run");
    assertThat(dryRun.exitCode()).isZero();
    assertThat(dryRun.out()).contains("3 would be sent to topic t.replay");
    CommandRun replay = run("replay", "--reason", "MISSING_FIELD,EXPRESSION_FAILED");
    assertThat(replay.err()).isEmpty();
    assertThat(replay.out()).contains("4 sent to topic t.replay");
    awaitFeatures("by_city:Oslo", "6", "1113");
    awaitFeatures("by_city:Rome", "3", "24");
    // A changed condition counts anew; what the view had seen before stays.
    awaitFeatures("codes:Oslo", "2", "6");
    assertThat(run("replay", "--reason", "REFUSED_BY_STORE").exitCode()).isZero();
    awaitFeatures("by_city:Lima", "1", "7");
    assertThat(run("replay", "--reason", "NOT_JSON").exitCode()).isZero();
    awaitLetters("NOT_JSON", 2);
    assertThat(group("NOT_JSON").get("refused_again").asInt()).isEqualTo(1);

    CommandRun tooLate = run("replay", "--reason", "TOO_LATE");
    assertThat(tooLate.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(tooLate.out()).contains("cannot be repaired: the row is older than every window");

    CommandRun all = run("replay", "--all");
    assertThat(all.out()).contains("older letters of records that have a newer one");
    awaitLetters("NOT_JSON", 3);
    run("replay", "--reason", "NOT_JSON");
    // A letter is committed with a checkpoint, and what came before it is in Redis by then.
    awaitLetters("NOT_JSON", 4);
    assertThat(values("by_city:Oslo", "orders_24h", "amount_24h")).containsExactly("6", "1113");
    assertThat(values("by_city:Rome", "orders_24h", "amount_24h")).containsExactly("3", "24");
    assertThat(values("by_city:Lima", "orders_24h", "amount_24h")).containsExactly("1", "7");
    assertThat(values("codes:Oslo", "coded_24h", "seen_24h")).containsExactly("2", "6");
  }

  private void ordersOfAllKinds() throws Exception {
    for (int i = 0; i < 3; i++) {
      order(i % 2, "Oslo", 1, ",\"note\":\"n\"", TODAY);
    }
    order(0, "Rome", 2, ",\"note\":\"n\",\"code\":\"1\"", TODAY);
    order(1, "Rome", 2, ",\"note\":\"n\",\"code\":\"1\"", TODAY);
    order(0, "Lima", 7, ",\"note\":\"n\"", TODAY);
    order(0, "Oslo", 10, "", TODAY);
    order(1, "Rome", 20, "", TODAY);
    order(1, "Oslo", 100, ",\"filler\":\"" + "x".repeat(600 << 10) + "\"", TODAY);
    order(0, "Oslo", 1000, ",\"note\":\"n\",\"code\":\"abc\"", TODAY);
    order(0, "Rome", 40, ",\"note\":\"n\",\"email\":4915123456", TODAY);
    send(1, "not an order");
  }

  /** Sent until it is refused: the watermark needs a moment to pass. */
  private void aLateOrder() {
    Deadline.await(
        PATIENCE,
        "an order that is too late",
        () -> {
          order(0, "Oslo", 5, ",\"note\":\"n\"", LAST_WEEK);
          return group("TOO_LATE") != null;
        });
  }

  private void shouldShowLetters() throws Exception {
    CommandRun list = run("list");
    assertThat(list.exitCode()).isZero();
    assertThat(list.err()).isEmpty();
    assertThat(list.out().lines().toList())
        .anyMatch(line -> line.matches(" +3 +MISSING_FIELD +orders +note +.* +\\d-\\d+"))
        .anyMatch(line -> line.matches(" +1 +EXPRESSION_FAILED +orders +view codes +.*"))
        .anyMatch(line -> line.endsWith("dead letters of pipeline orders on topic t.dead-letters"));

    String id = group("WRONG_TYPE").get("example_id").asText();
    CommandRun masked = run("show", id);
    assertThat(masked.out())
        .contains(id, "WRONG_TYPE email", "topic orders, partition 0", "\"city\":\"Rome\"")
        .contains("\"email\":\"***\"");
    CommandRun revealed = run("show", id, "--reveal");
    assertThat(revealed.out()).contains("4915123456");
    assertThat(run("show", "--reason", "NOT_JSON").out())
        .contains("12 bytes not shown, which may hold personal data");
    assertThat(run("show", "9-9").exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run("show", "nine").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("replay").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("list", "--since", "yesterday").err()).contains("neither a length of time");
    assertThat(run("list", "--since", "2100-01-01T00:00:00Z").out())
        .contains("no such dead letters");
  }

  private void order(int partition, String city, int amount, String more, String at)
      throws Exception {
    send(
        partition,
        "{\"order_id\":\"o\",\"city\":\"%s\",\"amount\":%d%s,\"at\":\"%s\"}"
            .formatted(city, amount, more, at));
  }

  private void send(int partition, String value) throws Exception {
    producer.send(new ProducerRecord<>("orders", partition, null, value.getBytes(UTF_8))).get();
  }

  private void awaitFeatures(String key, String first, String second) {
    List<String> names =
        key.startsWith("codes")
            ? List.of("coded_24h", "seen_24h")
            : List.of("orders_24h", "amount_24h");
    Deadline.await(
        PATIENCE,
        () ->
            key
                + " is "
                + first
                + ", "
                + second
                + " and not "
                + values(key, names.get(0), names.get(1))
                + System.lineSeparator()
                + run("list").out(),
        () -> values(key, names.get(0), names.get(1)).equals(List.of(first, second)));
  }

  private List<String> values(String key, String... names) {
    try {
      List<String> values = new ArrayList<>();
      for (String name : names) {
        values.add(String.valueOf(features.hget("millrace:orders:" + key, name)));
      }
      return values;
    } catch (RuntimeException notAHash) {
      return List.of(notAHash.getMessage());
    }
  }

  private void awaitLetters(String reason, int count) {
    Deadline.await(
        PATIENCE,
        count + " letters of " + reason,
        () -> {
          JsonNode group = group(reason);
          return group != null && group.get("count").asInt() >= count;
        });
  }

  private JsonNode group(String reason) throws IOException {
    for (String line : run("list", "--json").out().lines().toList()) {
      JsonNode group = JSON.readTree(line);
      if (group.get("reason").asText().equals(reason)) {
        return group;
      }
    }
    return null;
  }

  private CommandRun run(String command, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("dead-letters", command, dir.resolve("orders.yaml").toString()));
    all.addAll(List.of(arguments));
    return CommandRun.with(places, all.toArray(new String[0]));
  }

  private interface Edit {
    String of(String text);
  }

  private void write(String name, Edit edit) throws IOException {
    try (InputStream template = DeadLettersCommandITCase.class.getResourceAsStream(name)) {
      Files.writeString(dir.resolve(name), edit.of(new String(template.readAllBytes(), UTF_8)));
    }
  }

  private JobClient start(Optional<String> savepoint) throws Exception {
    Pipeline pipeline = PipelineLoader.load(dir.resolve("orders.yaml"), new Environment(places));
    PipelineJob.prepare(pipeline);
    running = LocalJob.start(pipeline, dir.resolve("checkpoints"), savepoint);
    return running;
  }
}
