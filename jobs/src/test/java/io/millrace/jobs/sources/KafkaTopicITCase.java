package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.EVENT_TIME_IN_FUTURE;
import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;
import static io.millrace.records.DeadLetterReason.MISSING_EVENT_TIME;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.NOT_JSON;
import static io.millrace.records.DeadLetterReason.NULL_RECORD;
import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.TOO_DEEP;
import static io.millrace.records.DeadLetterReason.TOO_LARGE;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.jobs.sinks.DeadLetterTopic;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.pipeline.Topics;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterJson;
import io.millrace.records.DeadLetterReason;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KafkaTopicITCase {

  private static final int PARTITIONS = 3;
  private static final int GOOD_RECORDS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberSlotsPerTaskManager(2)
              .setConfiguration(METRICS.addToConfiguration(new Configuration()))
              .build());

  @Test
  void shouldMakeOfEveryRecordOneRowOrOneDeadLetter(@TempDir Path dir) throws Exception {
    try (KafkaServer kafka = KafkaServer.start(dir)) {
      kafka.createTopic("flights", PARTITIONS, Map.of("max.message.bytes", "20000000"));
      kafka.createTopic("test.dead-letters", 1);
      List<DeadLetterReason> bad = produce(kafka);

      StreamExecutionEnvironment env = environment();
      SourceStreams flights = SourceStreams.open(env, source(kafka), "source-flights");
      DataStream<String> ids = flights.rows().map(new FlightId()).uid("ids");
      flights
          .deadLetters()
          .sinkTo(DeadLetterTopic.sink("flights", topics(kafka)))
          .uid("dead-letters");
      List<String> rows = new ArrayList<>();
      JobClient job;
      try (CloseableIterator<String> collected = ids.collectAsync()) {
        job = env.executeAsync("ingest");
        while (rows.size() < GOOD_RECORDS) {
          rows.add(collected.next());
        }
        List<DeadLetter> letters = readDeadLetters(kafka, bad.size());

        assertThat(rows).doesNotHaveDuplicates().hasSize(GOOD_RECORDS);
        assertThat(letters).extracting(DeadLetter::reason).containsExactlyInAnyOrderElementsOf(bad);
        assertThat(letters)
            .extracting(
                letter -> letter.coordinates().partition() + "/" + letter.coordinates().position())
            .doesNotHaveDuplicates();
        assertThat(letters).allMatch(letter -> letter.coordinates().place().equals("flights"));
        assertThat(letters)
            .filteredOn(letter -> letter.reason() == TOO_LARGE)
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.raw().size()).isEqualTo(10 << 20);
                  assertThat(letter.raw().isTruncated()).isTrue();
                  assertThat(new String(letter.coordinates().key(), UTF_8)).isEqualTo("key");
                });

        int read = GOOD_RECORDS + bad.size();
        Deadline.await(
            PATIENCE,
            "the source's metric to count " + read,
            () -> counted(job, "recordsRead") == read);
        assertThat(counted(job, "rows")).isEqualTo(GOOD_RECORDS);
        assertThat(counted(job, "deadLetters")).isEqualTo(bad.size());
        assertThat(counted(job, "deadLetters.NOT_JSON")).isEqualTo(2);
        assertThat(counted(job, "drift.NEW_FIELD.deviations")).isEqualTo(1);
        assertThat(counted(job, "adapted")).isEqualTo(1);
        assertThat(counted(job, "accepted")).isEqualTo(GOOD_RECORDS - 1);
      }
      job.cancel().get();
    }
  }

  @Test
  void shouldLetTimersFireOnALiveTopicThatFallsSilent(@TempDir Path dir) throws Exception {
    try (KafkaServer kafka = KafkaServer.start(dir)) {
      kafka.createTopic("flights", PARTITIONS);
      try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
        // One live event, and an old one in another partition, which falls silent as well.
        send(producer, 0, flightAt("live", System.currentTimeMillis()));
        send(producer, 1, flightAt("old", 1_000));
      }
      StreamExecutionEnvironment env = environment();
      DataStream<String> alarms =
          SourceStreams.open(env, source(kafka), "source-flights")
              .rows()
              .keyBy(row -> row.getString(0).toString())
              .process(new Alarm())
              .uid("alarms");
      try (CloseableIterator<String> collected = alarms.collectAsync()) {
        JobClient job = env.executeAsync("silence");

        assertThat(collected.next()).isEqualTo("old");
        assertThat(collected.next()).isEqualTo("live");
        job.cancel().get();
      }
    }
  }

  /** Good records with bad ones between them, over all partitions; returns what is wrong. */
  private static List<DeadLetterReason> produce(KafkaServer kafka) {
    Map<byte[], DeadLetterReason> bad = new TreeMap<>(Arrays::compare);
    bad.put(utf8("not json"), NOT_JSON);
    bad.put(utf8("{\"id\":"), NOT_JSON);
    bad.put(utf8("{\"id\":1,\"at\":1}"), WRONG_TYPE);
    bad.put(utf8("{\"at\":1}"), MISSING_FIELD);
    bad.put(utf8("{\"id\":\"a\",\"at\":1,\"delay\":" + "9".repeat(40) + "}"), OUT_OF_RANGE);
    bad.put(utf8("{\"id\":\"a\"}"), MISSING_EVENT_TIME);
    bad.put(utf8("{\"id\":\"a\",\"at\":\"9000-01-01T00:00:00Z\"}"), EVENT_TIME_IN_FUTURE);
    bad.put("{\"id\":\"Zürich\",\"at\":1}".getBytes(ISO_8859_1), INVALID_ENCODING);
    bad.put(utf8("{\"x\":".repeat(50_000)), TOO_DEEP);
    bad.put(new byte[10 << 20], TOO_LARGE);
    List<DeadLetterReason> reasons = new ArrayList<>(bad.values());
    try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      List<byte[]> values = new ArrayList<>(bad.keySet());
      for (int i = 0; i < GOOD_RECORDS; i++) {
        String more = i == 7 ? ",\"gate\":\"B12\"" : "";
        String value =
            "{\"id\":\"flight-%d\",\"at\":%d,\"delay\":%d%s}"
                .formatted(i, i * 1_000L, i % 60, more);
        send(producer, i % PARTITIONS, utf8(value));
        if (i < values.size()) {
          send(producer, (i + 1) % PARTITIONS, values.get(i));
        }
      }
      send(producer, 0, null);
    }
    reasons.add(NULL_RECORD);
    return reasons;
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaServer kafka) {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 20_000_000);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] flightAt(String id, long millis) {
    return utf8("{\"id\":\"%s\",\"at\":%d}".formatted(id, millis));
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, int partition, byte[] value) {
    producer.send(new ProducerRecord<>("flights", partition, utf8("key"), value));
  }

  private static List<DeadLetter> readDeadLetters(KafkaServer kafka, int count) {
    Properties properties = new Properties();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, "reader");
    List<DeadLetter> letters = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("test.dead-letters"));
      Deadline.await(
          PATIENCE,
          () -> count + " dead letters, have " + letters.size(),
          () -> {
            consumer
                .poll(Duration.ofMillis(100))
                .forEach(record -> letters.add(DeadLetterJson.decode(record.value())));
            return letters.size() >= count;
          });
    }
    return letters;
  }

  private static long counted(JobClient job, String name) {
    return METRICS.findMetrics(job.getJobID(), "source\\.flights\\." + name).entrySet().stream()
        .filter(metric -> metric.getKey().endsWith(".source.flights." + name))
        .mapToLong(metric -> ((Counter) metric.getValue()).getCount())
        .sum();
  }

  private static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    env.enableCheckpointing(300);
    return env;
  }

  private static Source source(KafkaServer kafka) {
    return new Source(
        "flights",
        new KafkaOrigin(
            "flights",
            kafka.bootstrapServers(),
            KafkaOrigin.Format.JSON,
            "ingest",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of("client.rack", new Secret("here"))),
        new Contract(
            "flights",
            "1.0.0",
            "",
            List.of(
                field("id", new VarCharType(false, VarCharType.MAX_LENGTH), true),
                field("at", new LocalZonedTimestampType(3), false),
                field("delay", new IntType(), false))),
        new EventTime(
            Optional.of("at"), Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(1)), true));
  }

  private static Topics topics(KafkaServer kafka) {
    return new Topics(kafka.bootstrapServers(), "test", Topics.Delivery.EXACTLY_ONCE, Map.of());
  }

  private static Field field(String name, LogicalType type, boolean required) {
    return new Field(name, type, required, false, Optional.empty(), "");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /** Names a key one second of event time after its row. */
  private static final class Alarm extends KeyedProcessFunction<String, RowData, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(RowData row, Context context, Collector<String> out) {
      context.timerService().registerEventTimeTimer(context.timestamp() + 1_000);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<String> out) {
      out.collect(context.getCurrentKey());
    }
  }

  /** The first field of a row. */
  public static final class FlightId implements MapFunction<RowData, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String map(RowData row) {
      return row.getString(0).toString();
    }
  }
}
