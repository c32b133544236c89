package io.millrace.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar for Flink's lib folder: it brings what it needs under names that nobody else uses. */
class SqlJarITCase {

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(it -> it.getFileName().toString().matches("millrace-sql-.*-lib\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(jar().toFile())) {
      return jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
    }
  }

  /** Flink looks for its packages in lib first: a job would find these instead of its own. */
  @Test
  void shouldHoldNoClassesUnderFlinksNamesThatJobsBringThemselves() throws IOException {
    assertThat(entries())
        .contains(
            "io/millrace/sql/shaded/flink/connector/kafka/source/KafkaSource.class",
            // Pipeline files name it as Kafka does: KafkaOptions renames it.
            "io/millrace/sql/shaded/kafka/common/security/scram/ScramLoginModule.class",
            "io/millrace/sql/shaded/flink/cdc/connectors/postgres/table/PostgreSQLTableFactory.class")
        .noneMatch(name -> name.startsWith("org/apache/flink/connector/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/streaming/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/cdc/"))
        .noneMatch(name -> name.startsWith("org/apache/kafka/"))
        .noneMatch(name -> name.startsWith("com/fasterxml/jackson/"));
  }

  @Test
  void shouldHoldNoClassesOfFlinkItself() throws IOException {
    assertThat(entries())
        .noneMatch(name -> name.startsWith("org/apache/flink/table/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/api/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/formats/"))
        .noneMatch(name -> name.startsWith("org/slf4j/"))
        .noneMatch(name -> name.startsWith("org/apache/logging/"));
  }

  /** Native code is loaded once per process, and sessions are shared with jobs. */
  @Test
  void shouldLeaveOnnxRuntimeAndItsSessionsToTheirOwnJars() throws IOException {
    assertThat(entries())
        .contains("io/millrace/embedding/onnx/OnnxEncoder.class")
        .noneMatch(name -> name.startsWith("ai/onnxruntime/"))
        .noneMatch(name -> name.startsWith("io/millrace/embedding/session/"));
  }

  @Test
  void shouldRegisterItsOwnFactoriesOnly() throws IOException {
    try (JarFile jar = new JarFile(jar().toFile());
        InputStream services =
            jar.getInputStream(
                jar.getEntry("META-INF/services/org.apache.flink.table.factories.Factory"))) {
      assertThat(new String(services.readAllBytes(), UTF_8).lines())
          .contains("io.millrace.sql.catalog.MillraceCatalogFactory")
          .allMatch(line -> line.startsWith("io.millrace.sql.") && !line.contains(".shaded."));
    }
  }
}
