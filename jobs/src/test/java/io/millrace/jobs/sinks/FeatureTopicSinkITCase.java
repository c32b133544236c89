package io.millrace.jobs.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Topics;
import io.millrace.pipeline.Topics.Delivery;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import io.millrace.testkit.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureTopicSinkITCase {

  private static final long NEW_YEAR = 1_357_016_400_000L;

  @TempDir static Path dir;
  private static KafkaServer kafka;

  @BeforeAll
  static void startKafka() {
    kafka = KafkaServer.start(dir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  private static Topics topics(Delivery delivery) {
    return new Topics(
        kafka.bootstrapServers(),
        "test." + delivery,
        delivery,
        Map.of("client.id", new Secret("x")));
  }

  private static RowType row(String name, org.apache.flink.table.types.DataType type) {
    return (RowType) DataTypes.ROW(DataTypes.FIELD(name, type)).getLogicalType();
  }

  private static FeatureVector vector(String carrier, Long departures, long revision) {
    return new FeatureVector(
        GenericRowData.of(StringData.fromString(carrier)),
        departures == null ? null : GenericRowData.of(departures),
        NEW_YEAR,
        revision,
        departures == null);
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void shouldWriteVectorsAsAnUpsertChangelog(Delivery delivery) throws Exception {
    FeatureSchema schema =
        new FeatureSchema(
            "carrier_delay",
            row("carrier", DataTypes.STRING()),
            row("departures", DataTypes.BIGINT()));
    Topics topics = topics(delivery);
    kafka.createTopic(topics.features("carrier_delay"), 1);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    env.enableCheckpointing(200);
    env.fromData(
            new FeatureVectorTypeInfo(schema),
            vector("UA", 1L, 1),
            vector("DL", 5L, 1),
            vector("UA", 2L, 2),
            vector("DL", null, 2))
        .sinkTo(FeatureTopicSink.of("flights", topics, schema));
    env.execute();

    List<String> records = new ArrayList<>();
    for (ConsumerRecord<String, String> record : committed(topics.features("carrier_delay"), 4)) {
      records.add(record.key() + " " + record.value());
      assertThat(record.timestamp()).as("not the event time").isGreaterThan(NEW_YEAR + 1);
    }
    String value =
        "{\"carrier\":\"%1$s\"} {\"view\":\"carrier_delay\",\"entity\":{\"carrier\":\"%1$s\"},"
            + "\"features\":{\"departures\":%2$d},\"event_time\":\"2013-01-01T05:00:00Z\","
            + "\"revision\":%3$d}";
    assertThat(records)
        .containsExactly(
            value.formatted("UA", 1, 1),
            value.formatted("DL", 5, 1),
            value.formatted("UA", 2, 2),
            "{\"carrier\":\"DL\"} null");
  }

  private static List<ConsumerRecord<String, String>> committed(String topic, int count) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest",
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            StringDeserializer.class);
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (records.size() < count && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  @Test
  void shouldCreateMissingTopicsCompactedAndLeaveTheOthers() throws Exception {
    Topics topics = new Topics(kafka.bootstrapServers(), "fresh", Delivery.EXACTLY_ONCE, Map.of());
    kafka.createTopic("fresh.features.old", 1);
    Pipeline pipeline =
        new Pipeline(
            "flights",
            List.of(),
            List.of(view("old", true), view("new", true), view("without", false)),
            List.of(),
            List.of(),
            List.of(),
            new OnlineStore(new Secret("redis://localhost"), false, Duration.ofSeconds(1)),
            topics,
            Optional.empty());
    assertThat(PipelineTopics.createMissing(pipeline))
        .containsExactlyInAnyOrder(
            "fresh.features.new",
            "fresh.consistency",
            "fresh.dead-letters",
            "fresh.replay",
            "fresh.contracts",
            "fresh.control",
            "fresh.schema-changes");
    assertThat(PipelineTopics.createMissing(pipeline)).isEmpty();
    assertThat(policy("fresh.features.new")).isEqualTo("compact");
    assertThat(policy("fresh.features.old")).isEqualTo("delete");
    assertThat(kafka.admin().listTopics().names().get()).doesNotContain("fresh.features.without");
  }

  private static String policy(String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return kafka
        .admin()
        .describeConfigs(List.of(resource))
        .all()
        .get()
        .get(resource)
        .get("cleanup.policy")
        .value();
  }

  private static FeatureViewSpec view(String name, boolean topic) {
    return new FeatureViewSpec(
        name,
        List.of("carrier"),
        "flights",
        Optional.empty(),
        Duration.ofMinutes(1),
        List.of(),
        List.of("dest"),
        Duration.ZERO,
        new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "flights"),
        topic);
  }
}
