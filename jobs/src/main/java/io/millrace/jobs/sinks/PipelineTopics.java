package io.millrace.jobs.sinks;

import io.millrace.jobs.contracts.ContractTopics;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics of a pipeline that do not exist. Feature topics are compacted: they keep the
 * newest record of every entity, where brokers that create topics by themselves would delete
 * records by age. Topics that exist are left as they are.
 */
public final class PipelineTopics {

  private static final int TIMEOUT_MILLIS = 30_000;

  private PipelineTopics() {}

  /**
   * Creates what is missing of the topics of dead letters and replays, the quality topic where
   * there are rules, that of consistency where there are views, the topics of links and of
   * duplicates where embeddings write them, and those of views that have one.
   *
   * @return the names of the topics that were created
   * @throws IOException if Kafka does not answer within 30 s or refuses
   */
  public static List<String> createMissing(Pipeline pipeline)
      throws IOException, InterruptedException {
    Topics topics = pipeline.topics();
    List<NewTopic> wanted = new ArrayList<>();
    for (FeatureViewSpec view : pipeline.featureViews()) {
      if (view.topic()) {
        wanted.add(
            new NewTopic(topics.features(view.name()), Optional.empty(), Optional.empty())
                .configs(
                    Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
      }
    }
    if (!pipeline.featureViews().isEmpty()) {
      wanted.add(ConsistencyTopic.definition(topics));
    }
    wanted.add(DeadLetterTopic.definition(topics));
    if (pipeline.sources().stream().anyMatch(it -> !it.contract().qualityRules().isEmpty())) {
      wanted.add(QualityTopic.definition(topics));
    }
    wanted.add(DeadLetterTopic.replays(topics));
    wanted.addAll(ContractTopics.definitions(topics));
    if (pipeline.embeddings().stream().anyMatch(EmbeddingSpec::links)) {
      wanted.add(LinkTopic.definition(topics));
    }
    if (pipeline.embeddings().stream().anyMatch(it -> it.duplicates().isPresent())) {
      wanted.addAll(DuplicateTopics.definitions(topics));
    }
    if (!pipeline.driftMonitors().isEmpty()) {
      wanted.addAll(DriftTopics.definitions(topics));
    }
    Map<String, Object> client = KafkaClient.of(topics);
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    List<String> created = new ArrayList<>();
    try (Admin admin = admin(client, topics.bootstrapServers())) {
      for (Map.Entry<String, KafkaFuture<Void>> topic :
          admin.createTopics(wanted).values().entrySet()) {
        if (create(topic.getKey(), topic.getValue(), topics.bootstrapServers())) {
          created.add(topic.getKey());
        }
      }
    }
    return created;
  }

  private static Admin admin(Map<String, Object> client, String servers) throws IOException {
    try {
      return Admin.create(client);
    } catch (KafkaException malformed) {
      throw new IOException("Kafka at " + servers + ": " + KafkaClient.words(malformed), malformed);
    }
  }

  private static boolean create(String topic, KafkaFuture<Void> creation, String servers)
      throws IOException, InterruptedException {
    try {
      creation.get(TIMEOUT_MILLIS * 2L, TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw new IOException(
          "topic %s could not be created at %s: %s%s"
              .formatted(
                  topic,
                  servers,
                  KafkaClient.words(failure.getCause()),
                  failure.getCause() instanceof AuthenticationException
                      ? ""
                      : ". Where this user may not create topics, create it (feature topics with"
                          + " cleanup.policy=compact)"),
          failure.getCause());
    } catch (TimeoutException late) {
      throw new IOException("Kafka at " + servers + " did not answer in time", late);
    }
  }
}
