package io.millrace.pipeline;

import io.millrace.document.YamlValue;
import io.millrace.pipeline.KafkaOrigin.Format;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the keys {@code format} and {@code format_options} of a Kafka source. */
final class FormatReader {

  private static final String OPTIONS = "format_options";

  private static final Map<Format, Set<String>> KEYS =
      Map.of(
          Format.JSON, Set.of(),
          Format.AVRO, Set.of("schema_file"),
          Format.AVRO_CONFLUENT, Set.of("registry", "username", "password"),
          Format.PROTOBUF, Set.of("descriptor_file", "message"),
          Format.CSV, Set.of("columns", "delimiter", "quote", "null_literal"),
          Format.DEBEZIUM_JSON, Set.of());

  private final Reading reading;
  private final Path folder;

  /**
   * @param folder where files are looked up, and in each folder above it
   */
  FormatReader(Reading reading, Path folder) {
    this.reading = reading;
    this.folder = folder;
  }

  Format format(YamlValue kafka) {
    return reading
        .text(kafka, "format")
        .flatMap(
            text ->
                Arrays.stream(Format.values())
                    .filter(format -> format.keyword().equals(text))
                    .findFirst())
        .orElse(Format.JSON);
  }

  FormatOptions options(YamlValue kafka, Format format) {
    YamlValue options = kafka.get(OPTIONS).filter(YamlValue::isMap).orElse(null);
    if (options != null) {
      refuseKeysOfOtherFormats(options, format);
    }
    return switch (format) {
      case JSON, DEBEZIUM_JSON -> FormatOptions.NONE;
      case AVRO -> avro(kafka, options);
      case AVRO_CONFLUENT -> registry(kafka, options);
      case PROTOBUF -> protobuf(kafka, options);
      case CSV -> csv(options);
    };
  }

  private void refuseKeysOfOtherFormats(YamlValue options, Format format) {
    Set<String> known = new TreeSet<>(KEYS.get(format));
    for (Map.Entry<String, YamlValue> entry : options.entries()) {
      boolean ofAnother =
          KEYS.values().stream().anyMatch(keys -> keys.contains(entry.getKey()))
              && !known.contains(entry.getKey());
      if (ofAnother) {
        reading.report(
            entry
                .getValue()
                .problem(
                    "the option " + entry.getKey(),
                    known.isEmpty()
                        ? "no options: format " + format.keyword() + " has none"
                        : "options of format " + format.keyword() + ": " + String.join(", ", known),
                    "remove it, or correct the format"));
      }
    }
  }

  private FormatOptions avro(YamlValue kafka, YamlValue options) {
    Optional<Path> file =
        file(kafka, options, "schema_file", "an Avro schema (.avsc) of what producers write");
    return new FormatOptions.Avro(
        file.map(path -> new String(bytes(path), StandardCharsets.UTF_8)).orElse(""),
        file.map(Path::toString).orElse(""));
  }

  private FormatOptions protobuf(YamlValue kafka, YamlValue options) {
    Optional<Path> file =
        file(
            kafka,
            options,
            "descriptor_file",
            "descriptors as protoc --include_imports --descriptor_set_out=FILE writes them");
    Optional<String> message =
        options == null ? Optional.empty() : reading.text(options, "message");
    if (message.isEmpty()) {
      require(kafka, options, "message", "the full name of a message, such as shop.v1.Order");
    }
    return new FormatOptions.Protobuf(
        file.map(this::bytes).orElse(new byte[0]),
        message.orElse(""),
        file.map(Path::toString).orElse(""));
  }

  private FormatOptions registry(YamlValue kafka, YamlValue options) {
    Optional<YamlValue> url =
        options == null ? Optional.empty() : reading.scalar(options, "registry");
    if (url.isEmpty() && (options == null || options.get("registry").isEmpty())) {
      require(kafka, options, "registry", "the address of a schema registry");
    }
    url.filter(it -> !isHttp(it.text()))
        .ifPresent(
            it ->
                reading.report(
                    it.problem(
                        it.describe(), "an address such as http://localhost:8081", "correct it")));
    Optional<YamlValue> password =
        options == null ? Optional.empty() : reading.scalar(options, "password");
    password.flatMap(Secrets::password).ifPresent(reading::report);
    return new FormatOptions.Registry(
        url.map(YamlValue::text).orElse(""),
        options == null ? "" : reading.text(options, "username", ""),
        new Secret(password.map(YamlValue::text).orElse("")));
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && Set.of("http", "https").contains(uri.getScheme());
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private FormatOptions csv(YamlValue options) {
    if (options == null) {
      return new FormatOptions.Csv(List.of(), ',', '"', "");
    }
    List<String> columns =
        reading.scalars(options, "columns").stream()
            .map(YamlValue::text)
            .collect(Collectors.toList());
    return new FormatOptions.Csv(
        columns,
        character(options, "delimiter", ','),
        character(options, "quote", '"'),
        reading.text(options, "null_literal").orElse(""));
  }

  private char character(YamlValue options, String key, char otherwise) {
    Optional<YamlValue> written = reading.scalar(options, key);
    if (written.isEmpty()) {
      return otherwise;
    }
    String text = written.get().text().equals("\\t") ? "\t" : written.get().text();
    if (text.length() != 1) {
      reading.report(
          written.get().problem(written.get().describe(), "one character", "correct it"));
      return otherwise;
    }
    return text.charAt(0);
  }

  private Optional<Path> file(YamlValue kafka, YamlValue options, String key, String what) {
    Optional<YamlValue> written = options == null ? Optional.empty() : reading.scalar(options, key);
    if (written.isEmpty()) {
      if (options == null || options.get(key).isEmpty()) {
        require(kafka, options, key, what);
      }
      return Optional.empty();
    }
    for (Path at = folder; at != null; at = at.getParent()) {
      Path found = at.resolve(written.get().text());
      if (Files.isRegularFile(found)) {
        return Optional.of(found);
      }
    }
    reading.report(
        written
            .get()
            .problem(
                written.get().describe() + ", which is no file",
                what + ", looked up in " + folder + " and each folder above it",
                "correct the path"));
    return Optional.empty();
  }

  private byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException unreadable) {
      return new byte[0];
    }
  }

  private void require(YamlValue kafka, YamlValue options, String key, String what) {
    YamlValue at = options == null ? kafka.nearest("format") : options;
    reading.report(
        at.problem(
            "no " + OPTIONS + "." + key,
            what,
            "add %s: {%s: ...} to the kafka section".formatted(OPTIONS, key)));
  }
}
