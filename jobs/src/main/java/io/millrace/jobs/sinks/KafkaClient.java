package io.millrace.jobs.sinks;

import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/** What every client of a Kafka is configured with: where it is, and the user's properties. */
public final class KafkaClient {
  private KafkaClient() {}

  /** Of the Kafka that the pipeline's own topics are in. */
  public static Map<String, Object> of(Topics topics) {
    return of(topics.bootstrapServers(), topics.properties());
  }

  /** A map to be added to; what is added holds against the user's properties. */
  public static Map<String, Object> of(String bootstrapServers, Map<String, Secret> properties) {
    Map<String, Object> client = new HashMap<>();
    properties.forEach((name, secret) -> client.put(name, secret.value()));
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return client;
  }

  /**
   * What went wrong with a client, with the cause that lies deepest and what to do about it. Shows
   * no property's value.
   */
  public static String words(Throwable failure) {
    Throwable deepest = failure;
    String cure = cure(failure);
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
      cure = cure.isEmpty() ? cure(deepest) : cure;
    }
    String own = plain(failure);
    String root = plain(deepest);
    if (root.contains("JAAS")) {
      // It may repeat a part of what it could not read.
      return own
          + ": sasl.jaas.config under properties cannot be read (not shown); expected <login"
          + " module> required username=\"...\" password=\"...\";";
    }
    return (own.contains(root) ? own : own + " (" + root + ")")
        + (cure.isEmpty() ? "" : "; " + cure);
  }

  private static String plain(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getSimpleName();
    }
    return message.strip().endsWith(".")
        ? message.strip().substring(0, message.strip().length() - 1)
        : message.strip();
  }

  private static String cure(Throwable failure) {
    if (failure instanceof SaslAuthenticationException) {
      return "check sasl.mechanism, and user and password in sasl.jaas.config, under properties";
    }
    if (failure instanceof SslAuthenticationException) {
      return "see that ssl.truststore.location (with ssl.truststore.type) under properties holds"
          + " the authority that signed the brokers' certificates, that these are for the hosts"
          + " that are connected to, and that a client needs none of its own (ssl.keystore.*)";
    }
    if (failure instanceof AuthorizationException) {
      return "let this user do so (kafka-acls --add --allow-principal User:...)";
    }
    if (failure instanceof TimeoutException) {
      return "see that the brokers run and can be reached from here, and that security.protocol"
          + " under properties is what they speak on this port";
    }
    return "";
  }
}
