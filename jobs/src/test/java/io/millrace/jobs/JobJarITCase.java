package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar that goes to a cluster brings connectors, and leaves Flink to the cluster. */
class JobJarITCase {
  private static final Path JOB_JAR = Path.of("target", "millrace-job.jar");

  @Test
  void shouldHoldNoFlinkRuntimeClasses() throws IOException {
    assertThat(entries())
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/api/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/core/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/client/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/streaming/runtime/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/connector/base/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/table/planner/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/table/runtime/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/table/api/"))
        .noneMatch(name -> name.startsWith("org/rocksdb/"));
  }

  @Test
  void shouldLeaveLoggingToTheCluster() throws IOException {
    assertThat(entries())
        .noneMatch(name -> name.startsWith("org/slf4j/impl/"))
        .noneMatch(name -> name.startsWith("org/apache/logging/log4j/core/"));
  }

  /** Native code can be loaded once per process, and sessions are shared by all jobs of one. */
  @Test
  void shouldLeaveOnnxRuntimeAndItsSessionsToTheLibFolder() throws IOException {
    assertThat(entries())
        .contains("io/millrace/embedding/onnx/OnnxEncoder.class")
        .noneMatch(name -> name.startsWith("ai/onnxruntime/"))
        .noneMatch(name -> name.startsWith("io/millrace/embedding/session/"));
  }

  @Test
  void shouldBringConnectorsAndAMainClass() throws IOException {
    assertThat(entries())
        .contains(
            "io/millrace/jobs/PipelineJob.class",
            "org/apache/flink/connector/kafka/source/KafkaSource.class",
            "redis/clients/jedis/UnifiedJedis.class",
            "io/qdrant/client/QdrantClient.class",
            "io/grpc/netty/shaded/io/grpc/netty/NettyChannelProvider.class");
    try (JarFile jar = new JarFile(JOB_JAR.toFile())) {
      assertThat(jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))
          .isEqualTo("io.millrace.jobs.PipelineJob");
    }
  }

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(JOB_JAR.toFile())) {
      return jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
    }
  }
}
