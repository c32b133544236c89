package io.millrace.sql.catalog;

import io.millrace.pipeline.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/** Options of Kafka's connector that all tables of topics have. */
final class KafkaOptions {

  /** Put together here: what renames Kafka's packages in our jar renames them in texts, too. */
  private static final String KAFKA = String.join(".", "org", "apache", "kafka");

  /** What Kafka's packages begin with in the jar that this class is in. */
  private static final String HERE =
      KafkaException.class
          .getName()
          .substring(
              0, KafkaException.class.getName().length() - ".common.KafkaException".length());

  private KafkaOptions() {}

  /**
   * Reads committed records only; a query has no consumer group of its own and commits nothing.
   *
   * @param properties of the client; may hold secrets
   */
  static Map<String, String> of(
      String bootstrapServers, String topic, Map<String, Secret> properties) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("properties.isolation.level", "read_committed");
    properties.forEach(
        (name, value) -> options.put("properties." + name, renamed(name, value.value(), HERE)));
    options.put("properties.bootstrap.servers", bootstrapServers);
    options.put("properties.commit.offsets.on.checkpoint", "false");
    options.put("topic", topic);
    return options;
  }

  /**
   * A property's value with the names of Kafka's classes as they are in our jar: a login module is
   * looked for by its name.
   *
   * @param packages what Kafka's packages begin with there
   */
  static String renamed(String property, String value, String packages) {
    boolean namesClasses =
        property.endsWith("jaas.config")
            || property.endsWith(".class")
            || property.endsWith(".classes");
    if (!namesClasses) {
      return value;
    }
    // Of a sign-in only the module's name, which comes first: a password may hold anything.
    String module = value.stripLeading();
    return property.endsWith("jaas.config")
        ? module.startsWith(KAFKA + ".") ? packages + module.substring(KAFKA.length()) : value
        : value.replace(KAFKA + ".", packages + ".");
  }
}
