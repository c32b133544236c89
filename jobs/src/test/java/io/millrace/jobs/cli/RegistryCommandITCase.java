package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.testkit.KafkaServer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandITCase {
  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @TempDir private Path dir;

  @Test
  void shouldTakeOnlyCommittedVectorsForFresh() throws Exception {
    try (KafkaServer kafka = KafkaServer.start(dir)) {
      Map<String, String> environment = Map.of("KAFKA", kafka.bootstrapServers());
      Pipeline pipeline =
          PipelineFile.read(Path.of(FLIGHTS), new Environment(environment)).pipeline();
      String topic = pipeline.topics().features("carrier_delay");
      kafka.createTopic(topic, 1);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(vector(topic, "2013-01-01T12:00:00Z")).get();
        producer.commitTransaction();
        producer.beginTransaction();
        producer.send(vector(topic, "2013-01-01T13:00:00Z")).get();

        CommandRun run =
            CommandRun.with(
                environment,
                "registry",
                "show",
                "carrier_delay",
                "--live",
                "--pipeline-file",
                FLIGHTS);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("newest event 2013-01-01T12:00:00Z, written ");
        producer.abortTransaction();
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> vector(String topic, String eventTime) {
    return new ProducerRecord<>(
        topic,
        "UA".getBytes(UTF_8),
        "{\"event_time\":\"%s\"}".formatted(eventTime).getBytes(UTF_8));
  }
}
