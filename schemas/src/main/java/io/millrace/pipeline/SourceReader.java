package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractFile;
import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Reads the {@code sources} of a pipeline file. */
final class SourceReader {

  private static final Duration DEFAULT_OUT_OF_ORDERNESS = Duration.ofSeconds(5);

  private final Reading reading;
  private final Path file;
  private final String pipeline;

  SourceReader(Reading reading, Path file, String pipeline) {
    this.reading = reading;
    this.file = file;
    this.pipeline = pipeline;
  }

  /** The source, if its contract could be read. */
  Optional<Source> source(String name, YamlValue map) {
    Optional<Contract> contract = contract(map);
    EventTime eventTime = eventTime(map, contract);
    Source.Origin origin =
        map.get("postgres_cdc").isPresent()
            ? postgres(map.nearest("postgres_cdc"))
            : kafka(name, map.nearest("kafka"));
    SchemaDrift schemaDrift = new SchemaDriftReader(reading).schemaDrift(map, contract);
    QualitySettings quality = new QualitySettingsReader(reading).quality(map, contract);
    return contract.map(it -> new Source(name, origin, it, eventTime, schemaDrift, quality));
  }

  private Optional<Contract> contract(YamlValue map) {
    Optional<YamlValue> reference = reading.scalar(map, "contract");
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    Path folder = file.toAbsolutePath().getParent();
    Optional<Path> found = ContractFile.find(reference.get().text(), folder);
    if (found.isEmpty()) {
      reading.report(
          reference
              .get()
              .problem(
                  reference.get().describe() + ", which is no file",
                  "a contract, looked up in " + folder + " and each folder above it",
                  "correct the path, or write the contract"));
      return Optional.empty();
    }
    ContractFile contract = ContractFile.read(found.get(), reference.get().text());
    contract.problems().forEach(reading::report);
    return contract.contract();
  }

  private KafkaOrigin kafka(String source, YamlValue map) {
    FormatReader formats = new FormatReader(reading, file.toAbsolutePath().getParent());
    KafkaOrigin.Format format = formats.format(map);
    return new KafkaOrigin(
        reading.text(map, "topic", ""),
        reading.text(map, "bootstrap_servers", ""),
        format,
        formats.options(map, format),
        reading.text(map, "group_id", "millrace-" + pipeline + "-" + source),
        reading.choice(map, "start_from", KafkaOrigin.StartFrom.EARLIEST),
        reading.properties(map, "properties"));
  }

  private PostgresOrigin postgres(YamlValue map) {
    Optional<YamlValue> password = reading.scalar(map, "password");
    password.flatMap(Secrets::password).ifPresent(reading::report);
    String table = reading.text(map, "table", "");
    int dot = table.indexOf('.');
    return new PostgresOrigin(
        reading.text(map, "host", ""),
        reading.port(map, "port", 5432),
        reading.text(map, "database", ""),
        dot < 0 ? "public" : table.substring(0, dot),
        table.substring(dot + 1),
        reading.text(map, "slot", ""),
        reading.text(map, "username", "postgres"),
        new Secret(password.map(YamlValue::text).orElse("")),
        reading.properties(map, "properties"));
  }

  private EventTime eventTime(YamlValue source, Optional<Contract> contract) {
    Optional<YamlValue> section = source.get("event_time").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return new EventTime(Optional.empty(), DEFAULT_OUT_OF_ORDERNESS, Optional.empty(), false);
    }
    YamlValue map = section.get();
    Optional<YamlValue> field = reading.scalar(map, "field");
    if (field.isPresent() && contract.isPresent()) {
      checkField(field.get(), contract.get());
    }
    Optional<Duration> idleAfter = reading.duration(map, "idle_after");
    if (idleAfter.filter(Duration::isZero).isPresent()) {
      reading.report(
          map.nearest("idle_after")
              .problem("no time at all", "at least 1ms", "leave it out for sources never idle"));
    }
    return new EventTime(
        field.map(YamlValue::text),
        reading.duration(map, "out_of_orderness").orElse(DEFAULT_OUT_OF_ORDERNESS),
        idleAfter,
        reading.flag(map, "advance_when_silent", false));
  }

  private void checkField(YamlValue written, Contract contract) {
    if (!FieldReferences.check(written, contract, reading)) {
      return;
    }
    LogicalType type = contract.field(written.text()).orElseThrow().type();
    if (!type.isAnyOf(
        LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
        LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE,
        LogicalTypeRoot.BIGINT)) {
      reading.report(
          written.problem(
              "the field \"" + written.text() + "\" of type " + type.copy(true).asSummaryString(),
              "a timestamp, or a bigint of milliseconds since 1970",
              "choose such a field, or leave it out to use the record's own time"));
    }
  }
}
