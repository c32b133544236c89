package io.millrace.pipeline;

import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds a {@link Pipeline} from a pipeline file and reports what the JSON Schema cannot see. */
final class PipelineReader {

  private static final OnlineStore DEFAULT_STORE =
      new OnlineStore(new Secret("redis://localhost:6379"), false, Duration.ofMinutes(2));

  private final Reading reading;
  private final Path file;

  PipelineReader(Reading reading, Path file) {
    this.reading = reading;
    this.file = file;
  }

  /** Empty when there is not even a map. */
  Optional<Pipeline> pipeline(YamlValue root) {
    if (!root.isMap()) {
      return Optional.empty();
    }
    String name = reading.text(root, "pipeline", "unnamed");
    Map<String, Source> sources = sources(root, name);
    List<FeatureViewSpec> views = new ArrayList<>();
    FeatureViewReader viewReader = new FeatureViewReader(reading, sources);
    root.get("features")
        .ifPresent(
            features ->
                features
                    .entries()
                    .forEach(
                        entry ->
                            viewReader
                                .view(entry.getKey(), entry.getValue(), sourceNames(root))
                                .ifPresent(views::add)));
    Topics topics = topics(root, name, sources);
    refuseLoops(root, sources, topics);
    List<DriftMonitorSpec> monitors =
        new DriftReader(reading, file, root, sources, views).monitors();
    return Optional.of(
        new Pipeline(
            name,
            List.copyOf(sources.values()),
            views,
            new OnDemandGroupReader(reading, root).groups(),
            monitors,
            new EmbeddingReader(reading, root, sources).embeddings(),
            onlineStore(root),
            topics,
            new OfflineReader(reading, file, root, sources, views).offline()));
  }

  private static List<String> sourceNames(YamlValue root) {
    return root.get("sources").map(it -> List.copyOf(it.keys())).orElse(List.of());
  }

  private Map<String, Source> sources(YamlValue root, String pipeline) {
    Map<String, Source> sources = new LinkedHashMap<>();
    Map<String, String> slots = new HashMap<>();
    SourceReader sourceReader = new SourceReader(reading, file, pipeline);
    Optional<YamlValue> section = root.get("sources");
    if (section.isPresent()) {
      for (Map.Entry<String, YamlValue> entry : section.get().entries()) {
        sourceReader
            .source(entry.getKey(), entry.getValue())
            .ifPresent(
                source -> {
                  sources.put(source.name(), source);
                  refuseSharedSlot(source, entry.getValue(), slots);
                });
      }
    }
    return sources;
  }

  private void refuseSharedSlot(Source source, YamlValue place, Map<String, String> slots) {
    if (source.origin() instanceof PostgresOrigin postgres) {
      String server =
          postgres.host()
              + ":"
              + postgres.port()
              + "/"
              + postgres.database()
              + "#"
              + postgres.slot();
      String other = slots.putIfAbsent(server, source.name());
      if (other != null) {
        reading.report(
            place
                .nearest("postgres_cdc", "slot")
                .problem(
                    "the slot \"" + postgres.slot() + "\", already that of source " + other,
                    "a slot of its own for every source",
                    "choose another name"));
      }
    }
  }

  private OnlineStore onlineStore(YamlValue root) {
    Optional<YamlValue> section = root.get("online_store").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return DEFAULT_STORE;
    }
    return new OnlineStore(
        reading.redis(section.get(), "redis").orElse(DEFAULT_STORE.redis()),
        reading.flag(section.get(), "cluster", false),
        reading.duration(section.get(), "patience").orElse(DEFAULT_STORE.patience()));
  }

  private Topics topics(YamlValue root, String pipeline, Map<String, Source> sources) {
    Optional<KafkaOrigin> firstKafka =
        sources.values().stream()
            .map(Source::origin)
            .filter(KafkaOrigin.class::isInstance)
            .map(KafkaOrigin.class::cast)
            .findFirst();
    YamlValue section = root.get("topics").filter(YamlValue::isMap).orElse(null);
    String prefix = "millrace." + pipeline;
    if (section == null || section.get("bootstrap_servers").isEmpty()) {
      if (firstKafka.isEmpty() && root.get("topics").map(YamlValue::isMap).orElse(true)) {
        reportNoBrokers(root, sources);
      }
      KafkaOrigin kafka = firstKafka.orElse(null);
      String brokers = kafka == null ? "localhost:9092" : kafka.bootstrapServers();
      Map<String, Secret> inherited = kafka == null ? Map.of() : kafka.properties();
      if (section == null) {
        return new Topics(brokers, prefix, Topics.Delivery.EXACTLY_ONCE, inherited);
      }
      return new Topics(
          brokers,
          reading.text(section, "prefix", prefix),
          reading.choice(section, "delivery", Topics.Delivery.EXACTLY_ONCE),
          section.get("properties").isPresent()
              ? reading.properties(section, "properties")
              : inherited);
    }
    String brokers = reading.text(section, "bootstrap_servers", "localhost:9092");
    boolean inherits =
        section.get("properties").isEmpty()
            && firstKafka.filter(it -> it.bootstrapServers().equals(brokers)).isPresent();
    return new Topics(
        brokers,
        reading.text(section, "prefix", prefix),
        reading.choice(section, "delivery", Topics.Delivery.EXACTLY_ONCE),
        inherits ? firstKafka.get().properties() : reading.properties(section, "properties"));
  }

  private void reportNoBrokers(YamlValue root, Map<String, Source> sources) {
    boolean sourcesAreWrong = sources.size() < sourceNames(root).size() || sources.isEmpty();
    if (!sourcesAreWrong) {
      reading.report(
          root.nearest("topics")
              .problem(
                  "no Kafka for dead letters and feature topics",
                  "topics: {bootstrap_servers: host:port}",
                  "add it; there is no Kafka source to take it from"));
    }
  }

  private void refuseLoops(YamlValue root, Map<String, Source> sources, Topics topics) {
    for (Source source : sources.values()) {
      if (source.origin() instanceof KafkaOrigin kafka
          && (List.of(topics.deadLetters(), topics.drift(), topics.alerts(), topics.links())
                  .contains(kafka.topic())
              || kafka.topic().startsWith(topics.features("")))) {
        reading.report(
            root.nearest("sources", source.name(), "kafka", "topic")
                .problem(
                    "the topic \"" + kafka.topic() + "\", which this pipeline writes",
                    "a topic that others write",
                    "read another topic, or change topics.prefix"));
      }
    }
  }
}
