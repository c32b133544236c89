package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code qdrant} of an embedding. */
final class QdrantReader {

  /** Where Qdrant is unless the file says otherwise. */
  static final String URL = "http://localhost:6334";

  private static final int BATCH = 128;
  private static final int IN_FLIGHT = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Reading reading;
  private final Contract contract;
  private final Set<String> allowedPii;

  QdrantReader(Reading reading, Contract contract, Set<String> allowedPii) {
    this.reading = reading;
    this.contract = contract;
    this.allowedPii = allowedPii;
  }

  /**
   * @param section null where the file has none
   */
  QdrantSpec read(YamlValue section, String collection) {
    if (section == null) {
      return new QdrantSpec(
          URL,
          Optional.empty(),
          collection,
          Optional.empty(),
          openFields(),
          List.of(),
          false,
          BATCH,
          IN_FLIGHT,
          PATIENCE);
    }
    Optional<YamlValue> apiKey =
        reading.scalar(section, "api_key").filter(it -> !it.text().isEmpty());
    apiKey.flatMap(Secrets::password).ifPresent(reading::report);
    Optional<String> tenant =
        reading
            .scalar(section, "tenant")
            .filter(it -> FieldReferences.check(it, contract, reading))
            .map(YamlValue::text);
    List<String> payload = payload(section);
    String url = url(section);
    return new QdrantSpec(
        url,
        apiKey.map(it -> new Secret(it.text())),
        authority(section, url),
        collection,
        tenant,
        payload,
        indexes(section, payload),
        reading.flag(section, "bulk", false),
        reading.number(section, "batch", BATCH),
        reading.number(section, "in_flight", IN_FLIGHT),
        reading.duration(section, "patience").orElse(PATIENCE),
        reading.duration(section, "deletes_kept").orElse(QdrantSpec.DELETES_KEPT));
  }

  private Optional<String> authority(YamlValue section, String url) {
    Optional<YamlValue> file =
        reading.scalar(section, "ca_file").filter(it -> !it.text().isEmpty());
    file.filter(it -> !url.startsWith("https://"))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        "ca_file, but an address without TLS",
                        "a url that begins with https://",
                        "change the url, or remove ca_file")));
    return file.map(YamlValue::text);
  }

  private String url(YamlValue section) {
    Optional<YamlValue> url = reading.scalar(section, "url").filter(it -> !it.text().isEmpty());
    url.flatMap(Secrets::address).ifPresent(reading::report);
    url.filter(it -> !it.text().matches("https?://[^/@\\s]+(:[0-9]+)?/?"))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        "an address that cannot be read (not shown)",
                        "http[s]://host:port of Qdrant's gRPC interface",
                        "for example http://localhost:6334")));
    return url.map(YamlValue::text).orElse(URL);
  }

  private List<String> payload(YamlValue section) {
    if (section.get("payload").isEmpty()) {
      return openFields();
    }
    Set<String> payload = new LinkedHashSet<>();
    for (YamlValue item : reading.scalars(section, "payload")) {
      if (!FieldReferences.check(item, contract, reading)) {
        continue;
      }
      if (contract.field(item.text()).orElseThrow().isPii() && !allowedPii.contains(item.text())) {
        reading.report(
            item.problem(
                "the field \"" + item.text() + "\", classified pii",
                "fields that may be shown",
                "remove it, or add it to allow_pii"));
      }
      payload.add(item.text());
    }
    return List.copyOf(payload);
  }

  /** What may be shown to whoever searches, by default. */
  private List<String> openFields() {
    return contract.fields().stream()
        .filter(field -> !field.isPii() || allowedPii.contains(field.name()))
        .map(Field::name)
        .toList();
  }

  private List<String> indexes(YamlValue section, List<String> payload) {
    List<String> indexes = new ArrayList<>();
    for (YamlValue item : reading.scalars(section, "indexes")) {
      if (!FieldReferences.check(item, contract, reading)) {
        continue;
      }
      if (!payload.contains(item.text())) {
        reading.report(
            item.problem(
                "an index on \"" + item.text() + "\", which is not in the payload",
                "one of " + String.join(", ", payload),
                "add it to payload, or remove the index"));
      }
      indexes.add(item.text());
    }
    return indexes;
  }
}
