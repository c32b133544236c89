package io.millrace.pipeline;

import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the model of an embedding: one that is known, or one of the file's {@code models}. */
final class EmbeddingModelReader {
  static final List<String> KNOWN = List.of("all-minilm-l6-v2", "bge-small-en-v1.5");

  private final Reading reading;
  private final YamlValue root;

  EmbeddingModelReader(Reading reading, YamlValue root) {
    this.reading = reading;
    this.root = root;
    root.get("models")
        .ifPresent(models -> models.entries().forEach(it -> checkName(it.getKey(), it.getValue())));
  }

  private void checkName(String name, YamlValue place) {
    if (KNOWN.contains(name)) {
      reading.report(
          place.problem(
              "a model called \"" + name + "\", as one that Millrace knows",
              "a name of its own",
              "rename it, for example my-" + name));
    }
    if (place.isMap()) {
      custom(name, place);
    }
  }

  /** The model of an embedding; empty when there is none by that name. */
  Optional<EmbeddingModelSpec> model(YamlValue embedding) {
    String name = reading.text(embedding, "model", KNOWN.get(0));
    Optional<YamlValue> custom =
        root.get("models").flatMap(it -> it.get(name)).filter(YamlValue::isMap);
    if (custom.isPresent()) {
      return Optional.of(model(name, custom.get()));
    }
    if (KNOWN.contains(name)) {
      EmbeddingModelSpec.Local local = EmbeddingModelSpec.Local.known(name, precision(embedding));
      return Optional.of(new EmbeddingModelSpec(name, Optional.of(local), Optional.empty(), true));
    }
    List<String> names = new ArrayList<>(KNOWN);
    root.get("models").ifPresent(it -> names.addAll(it.keys()));
    reading.report(
        embedding
            .nearest("model")
            .problem(
                "the unknown model \"" + name + "\"",
                "one of " + String.join(", ", names),
                NearestName.suggestion(
                    name, names, "describe it under models: {" + name + ": {folder: ...}}")));
    return Optional.empty();
  }

  private ModelCard.Precision precision(YamlValue map) {
    return reading.choice(map, "precision", ModelCard.Precision.FP32);
  }

  private void custom(String name, YamlValue map) {
    boolean both = map.get("known").isPresent() && map.get("folder").isPresent();
    boolean none =
        map.get("known").isEmpty() && map.get("folder").isEmpty() && map.get("remote").isEmpty();
    if (both || none) {
      reading.report(
          map.problem(
              both ? "known and folder" : "no model",
              "known or folder, and remote instead or beside",
              both ? "keep one of them" : "add one of them, for example folder: models/" + name));
    }
    if (map.get("precision").isPresent() && map.get("known").isEmpty()) {
      reading.report(
          map.nearest("precision")
              .problem(
                  "precision without known",
                  "precision beside known; a folder's stands in its model.yaml",
                  "remove it"));
    }
    map.get("remote").filter(YamlValue::isMap).ifPresent(this::checkRemote);
  }

  private EmbeddingModelSpec model(String name, YamlValue map) {
    Optional<EmbeddingModelSpec.Local> local =
        reading
            .text(map, "folder")
            .map(it -> new EmbeddingModelSpec.Local("", it, ModelCard.Precision.FP32))
            .or(
                () ->
                    reading
                        .text(map, "known")
                        .map(it -> EmbeddingModelSpec.Local.known(it, precision(map))));
    Optional<EmbeddingModelSpec.Remote> remote =
        map.get("remote").filter(YamlValue::isMap).map(this::remote);
    boolean localFirst = remote.isEmpty() || reading.text(map, "first", "remote").equals("local");
    return new EmbeddingModelSpec(name, local, remote, localFirst);
  }

  private void checkRemote(YamlValue map) {
    Optional<YamlValue> key = reading.scalar(map, "api_key").filter(it -> !it.text().isEmpty());
    key.flatMap(Secrets::password).ifPresent(reading::report);
    Optional<YamlValue> url = reading.scalar(map, "url");
    url.flatMap(Secrets::address).ifPresent(reading::report);
    url.filter(it -> !it.text().matches("https?://[^@\\s?#]+"))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        "an address that cannot be read (not shown)",
                        "http[s]://host[:port]/path, without /embeddings",
                        "for example https://api.openai.com/v1")));
  }

  private EmbeddingModelSpec.Remote remote(YamlValue map) {
    String url = reading.text(map, "url", "");
    return new EmbeddingModelSpec.Remote(
        url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
        reading.text(map, "model", ""),
        new Secret(reading.text(map, "api_key", "")),
        reading.number(map, "dimension", 0),
        reading.flag(map, "shorten", false),
        reading.number(map, "batch", 64),
        reading.duration(map, "timeout").orElse(Duration.ofSeconds(20)),
        reading.number(map, "requests_per_minute", 0),
        reading.number(map, "attempts", 4),
        reading.decimal(map, "price_per_million_tokens", 0),
        reading.text(map, "query_prefix", ""),
        reading.text(map, "passage_prefix", ""));
  }
}
