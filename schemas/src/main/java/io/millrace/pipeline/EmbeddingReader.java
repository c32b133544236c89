package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Reads the {@code embeddings} of a pipeline file. */
final class EmbeddingReader {
  private static final EmbeddingSpec.Batching LOCAL_BATCHING =
      new EmbeddingSpec.Batching(64, Duration.ofMillis(5), 1);
  private static final int REMOTE_IN_FLIGHT = 4;
  private static final int CACHE_ENTRIES = 20_000;

  private final Reading reading;
  private final YamlValue root;
  private final Map<String, Source> sources;
  private final EmbeddingModelReader models;
  private final Map<String, String> collections = new HashMap<>();

  /**
   * @param sources those whose contract could be read
   */
  EmbeddingReader(Reading reading, YamlValue root, Map<String, Source> sources) {
    this.reading = reading;
    this.root = root;
    this.sources = sources;
    this.models = new EmbeddingModelReader(reading, root);
  }

  /** Those over usable sources with a usable text, in file order. */
  List<EmbeddingSpec> embeddings() {
    List<EmbeddingSpec> embeddings = new ArrayList<>();
    root.get("embeddings")
        .ifPresent(
            section ->
                section
                    .entries()
                    .forEach(
                        entry ->
                            embedding(entry.getKey(), entry.getValue())
                                .ifPresent(embeddings::add)));
    return embeddings;
  }

  private Optional<EmbeddingSpec> embedding(String name, YamlValue map) {
    if (!map.isMap()) {
      return Optional.empty();
    }
    if (root.get("features").flatMap(it -> it.get(name)).isPresent()) {
      reading.report(
          map.problem(
              "the name \"" + name + "\", already that of a feature view",
              "a name of its own: dead letters are sent back by it",
              "rename it"));
    }
    Optional<Source> source = source(map);
    Optional<TextTemplate> text = template(map);
    Optional<EmbeddingModelSpec> model = models.model(map);
    YamlValue qdrant = map.get("qdrant").filter(YamlValue::isMap).orElse(null);
    String collection = qdrant == null ? name : reading.text(qdrant, "collection", name);
    refuseSharedCollection(name, map, qdrant, collection);
    if (source.isEmpty() || text.isEmpty() || model.isEmpty()) {
      return Optional.empty();
    }
    Contract contract = source.get().contract();
    List<String> key = key(map, source.get());
    Set<String> allowed = Set.copyOf(fields(map, "allow_pii", contract));
    checkTextFields(map, text.get(), contract);
    return Optional.of(
        new EmbeddingSpec(
            name,
            source.get().name(),
            key,
            text.get(),
            model.get(),
            allowed,
            chunks(map),
            batching(map, model.get()),
            cache(map),
            reading.duration(map, "patience").orElse(Duration.ofMinutes(2)),
            new QdrantReader(reading, contract, allowed).read(qdrant, collection),
            reading.flag(map, "links", true),
            map.get("duplicates")
                .filter(YamlValue::isMap)
                .map(it -> new DuplicatesReader(reading, contract).read(it))));
  }

  private Optional<Source> source(YamlValue map) {
    List<String> names = root.get("sources").map(it -> List.copyOf(it.keys())).orElse(List.of());
    Optional<YamlValue> name = reading.scalar(map, "source");
    name.filter(it -> !names.contains(it.text()))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        "the unknown source \"" + it.text() + "\"",
                        "one of " + String.join(", ", names),
                        NearestName.suggestion(
                            it.text(), names, "name one of the file's sources"))));
    return name.map(it -> sources.get(it.text()));
  }

  private Optional<TextTemplate> template(YamlValue map) {
    Optional<YamlValue> text = reading.scalar(map, "text");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String fix = "write {{field}}, and {{#field}} ... {{/field}} for what stands only with a value";
    try {
      TextTemplate template = TextTemplate.parse(text.get().text());
      if (!template.fields().isEmpty()) {
        return Optional.of(template);
      }
      reading.report(text.get().problem("a text without a field", "a text over fields", fix));
    } catch (TextTemplate.Malformed malformed) {
      reading.report(
          text.get().problem(malformed.getMessage(), "a text with {{field}} in it", fix));
    }
    return Optional.empty();
  }

  private void checkTextFields(YamlValue map, TextTemplate template, Contract contract) {
    YamlValue place = map.nearest("text");
    for (String name : template.fields()) {
      if (FieldReferences.check(place, name, contract, reading)
          && contract
              .field(name)
              .orElseThrow()
              .type()
              .isAnyOf(LogicalTypeRoot.BINARY, LogicalTypeRoot.VARBINARY)) {
        reading.report(
            place.problem(
                "the field \"" + name + "\" of bytes",
                "a field that reads as text",
                "leave it out"));
      }
    }
  }

  private List<String> key(YamlValue map, Source source) {
    Contract contract = source.contract();
    if (map.get("key").isEmpty()) {
      if (contract.primaryKey().isEmpty()) {
        reading.report(
            map.problem(
                "no key, and contract " + contract.name() + " has no primary key",
                "key: fields that tell rows apart",
                "add it, or primaryKey: true to the contract"));
      }
      return contract.primaryKey();
    }
    List<String> key = fields(map, "key", contract);
    if (source.isChangelog() && !Set.copyOf(key).equals(Set.copyOf(contract.primaryKey()))) {
      reading.report(
          map.nearest("key")
              .problem(
                  "the key " + key,
                  "the primary key " + contract.primaryKey() + ", as deletes of a table name rows",
                  "remove key"));
    }
    for (String name : key) {
      LogicalType type = contract.field(name).orElseThrow().type();
      if (type.isAnyOf(
          LogicalTypeRoot.FLOAT,
          LogicalTypeRoot.DOUBLE,
          LogicalTypeRoot.ARRAY,
          LogicalTypeRoot.MAP,
          LogicalTypeRoot.ROW)) {
        reading.report(
            map.nearest("key")
                .problem(
                    "the key field \"%s\" of type %s"
                        .formatted(name, type.copy(true).asSummaryString()),
                    "a field whose values can be compared exactly",
                    "choose a text, an integer, a decimal, a date or a time"));
      }
    }
    return key;
  }

  private List<String> fields(YamlValue map, String key, Contract contract) {
    List<String> fields = new ArrayList<>();
    for (YamlValue item : reading.scalars(map, key)) {
      if (FieldReferences.check(item, contract, reading)) {
        fields.add(item.text());
      }
    }
    return fields;
  }

  private Optional<EmbeddingSpec.Chunks> chunks(YamlValue map) {
    Optional<YamlValue> section = map.get("chunks").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    int tokens = reading.number(section.get(), "tokens", 120);
    int overlap = reading.number(section.get(), "overlap", tokens / 6);
    if (overlap * 2 > tokens) {
      reading.report(
          section
              .get()
              .nearest("overlap")
              .problem(
                  "an overlap of " + overlap + " tokens in chunks of " + tokens,
                  "at most half a chunk",
                  "use " + tokens / 6));
    }
    return Optional.of(new EmbeddingSpec.Chunks(tokens, Math.min(overlap, tokens / 2)));
  }

  private EmbeddingSpec.Batching batching(YamlValue map, EmbeddingModelSpec model) {
    boolean remote = model.remote().isPresent() && !(model.localFirst());
    int inFlight = remote ? REMOTE_IN_FLIGHT : LOCAL_BATCHING.inFlight();
    Optional<YamlValue> section = map.get("batch").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return new EmbeddingSpec.Batching(
          LOCAL_BATCHING.texts(), LOCAL_BATCHING.patience(), inFlight);
    }
    return new EmbeddingSpec.Batching(
        reading.number(section.get(), "texts", LOCAL_BATCHING.texts()),
        reading.duration(section.get(), "wait").orElse(LOCAL_BATCHING.patience()),
        reading.number(section.get(), "in_flight", inFlight));
  }

  private EmbeddingSpec.Cache cache(YamlValue map) {
    Duration ttl = Duration.ofDays(7);
    Optional<YamlValue> section = map.get("cache").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return new EmbeddingSpec.Cache(CACHE_ENTRIES, Optional.empty(), ttl);
    }
    return new EmbeddingSpec.Cache(
        reading.number(section.get(), "entries", CACHE_ENTRIES),
        reading.redis(section.get(), "redis"),
        reading.duration(section.get(), "ttl").filter(it -> !it.isZero()).orElse(ttl));
  }

  private void refuseSharedCollection(
      String name, YamlValue map, YamlValue qdrant, String collection) {
    String server =
        qdrant == null ? QdrantReader.URL : reading.text(qdrant, "url", QdrantReader.URL);
    String other = collections.putIfAbsent(server + " " + collection, name);
    if (other != null) {
      reading.report(
          map.nearest("qdrant", "collection")
              .problem(
                  "the collection \"" + collection + "\", already that of embedding " + other,
                  "a collection of its own for every embedding",
                  "choose another name"));
    }
  }
}
