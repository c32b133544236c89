package io.millrace.pipeline;

import java.util.Map;

/**
 * The Kafka topics Millrace writes: {@code <prefix>.dead-letters} and {@code
 * <prefix>.features.<view>}.
 *
 * @param delivery guarantee of the feature topics and the dead letters
 * @param properties further client properties (TLS, SASL); not printed
 */
public record Topics(
    String bootstrapServers, String prefix, Delivery delivery, Map<String, Secret> properties) {

  /** Delivery guarantee of a topic. */
  public enum Delivery {
    /** Kafka transactions, committed with Flink's checkpoints; readers use read_committed. */
    EXACTLY_ONCE,
    /** Lower latency; a failure may write a record again. */
    AT_LEAST_ONCE
  }

  public Topics {
    properties = Map.copyOf(properties);
  }

  public String deadLetters() {
    return prefix + ".dead-letters";
  }

  public String features(String view) {
    return prefix + ".features." + view;
  }
}
