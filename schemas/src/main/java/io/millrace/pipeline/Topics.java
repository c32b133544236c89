package io.millrace.pipeline;

import java.io.Serializable;
import java.util.Map;

/**
 * The Kafka topics Millrace writes, and those it is spoken to through; all begin with the prefix.
 *
 * @param delivery guarantee of the feature topics and the dead letters
 * @param properties further client properties (TLS, SASL); not printed
 */
public record Topics(
    String bootstrapServers, String prefix, Delivery delivery, Map<String, Secret> properties)
    implements Serializable {

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

  /** The newest version of each source's contract; compacted, keyed by source. */
  public String contracts() {
    return prefix + ".contracts";
  }

  /** What was noticed, suggested and decided about the schemas of sources. */
  public String schemaChanges() {
    return prefix + ".schema-changes";
  }

  /** Messages of people to the running job. */
  public String control() {
    return prefix + ".control";
  }

  /** Dead letters that are to be read again. */
  public String replay() {
    return prefix + ".replay";
  }

  /** Pass rates of quality rules. */
  public String quality() {
    return prefix + ".quality";
  }

  /** How each round of comparing the online store with history went. */
  public String consistency() {
    return prefix + ".consistency";
  }

  /** What became of the windows of drift monitors, column by column; compacted. */
  public String drift() {
    return prefix + ".drift";
  }

  /** Alarms, and advice to train models anew; compacted. */
  public String alerts() {
    return prefix + ".alerts";
  }

  /** How predictions turned out, sent by whoever knows. */
  public String feedback() {
    return prefix + ".feedback";
  }

  /** Which row is which point of which collection; compacted, keyed by point. */
  public String links() {
    return prefix + ".links";
  }

  /** Which rows may be the same thing, pair by pair; compacted, keyed by pair. */
  public String duplicates() {
    return prefix + ".duplicates";
  }

  /** Which cluster of duplicates each row belongs to; compacted, keyed by row. */
  public String clusters() {
    return prefix + ".clusters";
  }
}
