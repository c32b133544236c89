package io.millrace.jobs.sources;

import io.millrace.ingest.IdleAtOnce;
import io.millrace.pipeline.Topics;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic on which people and programs speak to the job. It has no event time and is always idle,
 * so it never holds back a watermark. A message that cannot be read is logged, counted ({@code
 * malformed}) and passed over.
 */
public final class MessageTopic {
  private static final Logger LOG = LoggerFactory.getLogger(MessageTopic.class);

  private MessageTopic() {}

  /** Reads a message: none for one that is meant for others. */
  public interface Decoder<T> extends Serializable {

    /**
     * @throws IllegalArgumentException if it is malformed; the message says how
     */
    List<T> decode(byte[] value);
  }

  /** From which message on a job reads that has no state of its own. */
  public enum Start {
    /** Only what comes from now on. */
    LATEST,
    /** Everything the topic holds. */
    EARLIEST
  }

  /** Adds the topic to a job, read by one subtask. The caller gives the uid. */
  @SuppressWarnings("deprecation") // Deprecated by Kafka, still asked for by the connector.
  public static <T> SingleOutputStreamOperator<T> open(
      StreamExecutionEnvironment env,
      Topics topics,
      String topic,
      String groupId,
      Start start,
      TypeInformation<T> type,
      Decoder<T> decoder) {
    KafkaSourceBuilder<T> builder =
        KafkaSource.<T>builder()
            .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    topics.properties().forEach((name, secret) -> builder.setProperty(name, secret.value()));
    KafkaSource<T> source =
        builder
            .setBootstrapServers(topics.bootstrapServers())
            .setTopics(topic)
            .setGroupId(groupId)
            .setStartingOffsets(
                OffsetsInitializer.committedOffsets(
                    start == Start.LATEST
                        ? OffsetResetStrategy.LATEST
                        : OffsetResetStrategy.EARLIEST))
            .setDeserializer(new Reader<>(type, decoder))
            .build();
    return env.fromSource(source, IdleAtOnce.strategy(), topic).setParallelism(1);
  }

  private static final class Reader<T> implements KafkaRecordDeserializationSchema<T> {
    private static final long serialVersionUID = 1L;
    private final TypeInformation<T> type;
    private final Decoder<T> decoder;
    private transient Counter malformed;

    Reader(TypeInformation<T> type, Decoder<T> decoder) {
      this.type = type;
      this.decoder = decoder;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      malformed = context.getMetricGroup().counter("malformed");
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out) {
      if (record.value() == null) {
        return;
      }
      try {
        decoder.decode(record.value()).forEach(out::collect);
      } catch (IllegalArgumentException problem) {
        malformed.inc();
        LOG.warn(
            "message at {}-{}, offset {} is passed over: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            problem.getMessage());
      }
    }

    @Override
    public TypeInformation<T> getProducedType() {
      return type;
    }
  }
}
