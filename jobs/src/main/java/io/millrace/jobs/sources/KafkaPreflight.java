package io.millrace.jobs.sources;

import io.millrace.jobs.sinks.KafkaClient;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.pipeline.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks the brokers of a source, before a job starts, whether they let it in: a running job would
 * try again and again instead of saying so. Changes nothing. A topic that is not there yet is no
 * problem: producers may create it.
 */
public final class KafkaPreflight {

  private static final int TIMEOUT_MILLIS = 20_000;

  private KafkaPreflight() {}

  /**
   * What keeps the source from being read; empty when it can be read, or when its brokers are those
   * of the pipeline's own topics, which are asked for those anyway.
   *
   * @param source of a {@link KafkaOrigin}
   */
  public static List<String> problems(Source source, Topics topics) throws InterruptedException {
    KafkaOrigin origin = (KafkaOrigin) source.origin();
    if (origin.bootstrapServers().equals(topics.bootstrapServers())
        && origin.properties().equals(topics.properties())) {
      return List.of();
    }
    Map<String, Object> client = KafkaClient.of(origin.bootstrapServers(), origin.properties());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    try (Admin admin = Admin.create(client)) {
      admin.describeTopics(List.of(origin.topic())).allTopicNames().get();
      return List.of();
    } catch (ExecutionException refused) {
      return refused.getCause() instanceof UnknownTopicOrPartitionException
          ? List.of()
          : List.of(problem(source, origin, refused.getCause()));
    } catch (KafkaException malformed) {
      return List.of(problem(source, origin, malformed));
    }
  }

  private static String problem(Source source, KafkaOrigin origin, Throwable why) {
    return "source '%s': cannot read topic %s at %s: %s"
        .formatted(
            source.name(), origin.topic(), origin.bootstrapServers(), KafkaClient.words(why));
  }
}
