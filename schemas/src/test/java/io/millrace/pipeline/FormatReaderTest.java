package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatReaderTest {

  @TempDir private Path dir;

  @Test
  void shouldReadTheOptionsOfEachFormat() throws IOException {
    Files.writeString(dir.resolve("order.avsc"), "{\"type\":\"record\"}");
    Files.write(dir.resolve("order.desc"), new byte[] {1, 2});

    assertThat(options("avro, format_options: {schema_file: order.avsc}"))
        .isEqualTo(
            new FormatOptions.Avro("{\"type\":\"record\"}", dir.resolve("order.avsc").toString()));
    assertThat(
            options(
                "avro-confluent, format_options: {registry: 'http://r:8081', username: me,"
                    + " password: '${SECRET}'}"))
        .isEqualTo(new FormatOptions.Registry("http://r:8081", "me", new Secret("s3cret")));
    FormatOptions.Protobuf protobuf =
        (FormatOptions.Protobuf)
            options("protobuf, format_options: {descriptor_file: order.desc, message: v1.Order}");
    assertThat(protobuf.descriptors()).containsExactly(1, 2);
    assertThat(protobuf.message()).isEqualTo("v1.Order");
    assertThat(
            options(
                "csv, format_options: {columns: [a, b], delimiter: '\\t', quote: \"'\","
                    + " null_literal: '-'}"))
        .isEqualTo(new FormatOptions.Csv(List.of("a", "b"), '\t', '\'', "-"));
    assertThat(options("csv")).isEqualTo(new FormatOptions.Csv(List.of(), ',', '"', ""));
    assertThat(options("debezium-json")).isEqualTo(FormatOptions.NONE);
    assertThat(file("debezium-json").draft().orElseThrow().source("planes").orElseThrow())
        .matches(Source::isChangelog);
  }

  @Test
  void shouldNameWhatIsMissingOrBelongsToAnotherFormat() {
    assertThat(problems("avro")).anyMatch(it -> it.contains("no format_options.schema_file"));
    assertThat(problems("avro, format_options: {schema_file: nowhere.avsc}"))
        .anyMatch(it -> it.contains("\"nowhere.avsc\", which is no file"));
    assertThat(problems("avro-confluent, format_options: {}"))
        .anyMatch(it -> it.contains("no format_options.registry"));
    assertThat(problems("avro-confluent, format_options: {registry: 'localhost:8081'}"))
        .anyMatch(it -> it.contains("expected an address such as http://localhost:8081"));
    assertThat(problems("protobuf"))
        .anyMatch(it -> it.contains("no format_options.descriptor_file"))
        .anyMatch(it -> it.contains("no format_options.message"));
    assertThat(problems("csv, format_options: {delimiter: '||'}"))
        .anyMatch(it -> it.contains("expected one character"));
    assertThat(problems("json, format_options: {registry: 'http://r:8081'}"))
        .anyMatch(it -> it.contains("found the option registry, expected no options: format json"));
    assertThat(problems("xml")).anyMatch(it -> it.contains("avro-confluent"));
  }

  @Test
  void shouldNotTakeAPasswordThatIsWrittenOut() {
    String problems =
        String.join(
            "\n",
            problems(
                "avro-confluent, format_options: {registry: 'http://r:8081', username: me,"
                    + " password: s3cret}"));

    assertThat(problems).contains("password").doesNotContain("s3cret");
  }

  private FormatOptions options(String format) {
    PipelineFile file = file(format);
    assertThat(file.problems()).isEmpty();
    Source source = file.pipeline().source("planes").orElseThrow();
    return ((KafkaOrigin) source.origin()).formatOptions();
  }

  private List<String> problems(String format) {
    return file(format).problems().stream().map(Problem::toString).toList();
  }

  private PipelineFile file(String format) {
    try {
      Files.copy(
          Path.of("contracts/planes.odcs.yaml"),
          dir.resolve("planes.odcs.yaml"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
    return PipelineFile.parse(
        dir.resolve("test.yaml"),
        """
        pipeline: test
        sources:
          planes:
            kafka: {topic: t, bootstrap_servers: "localhost:9092", format: %s}
            contract: planes.odcs.yaml
        """
            .formatted(format),
        new Environment(Map.of("SECRET", "s3cret")));
  }
}
