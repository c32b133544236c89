package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.junit.jupiter.api.Test;

class OfflineWiringTest {
  private static final Pipeline HISTORY =
      PipelineLoader.load(
          Path.of("../conf/pipelines/history.yaml"),
          new Environment(Map.of("PG_PASSWORD", "secret")));

  @Test
  void shouldKeepTheUidsOfHistoryTables() {
    StreamExecutionEnvironment env = build(EnumSet.of(Capability.OFFLINE));

    assertThat(uids(env))
        .contains(
            "source-flights-read",
            "source-planes-read",
            "view-carrier_delay-features",
            "offline-flights-rows",
            "offline-planes-rows",
            "offline-planes_changes-rows",
            "offline-carrier_delay-rows",
            "offline--generator",
            "offline--updater",
            "offline--forward-writer",
            "offline--sink")
        .doesNotContain("view-carrier_delay-redis", "view-carrier_delay-topic");
    assertThat(env.getStreamGraph(false).getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void shouldKeepNothingUnlessAsked() {
    assertThat(uids(build(EnumSet.of(Capability.FEATURES))))
        .contains("view-carrier_delay-redis")
        .noneMatch(uid -> uid.startsWith("offline"));
  }

  /** Nothing but history sees where rows lay, and a job without history has no such rows. */
  @Test
  void shouldTakePositionsOffTheRowsOfOtherCapabilities() {
    assertThat(uids(build(EnumSet.of(Capability.OFFLINE, Capability.FEATURES))))
        .contains("source-flights-plain", "source-flights-replay-plain")
        .doesNotContain("source-planes-plain");
    assertThat(uids(build(EnumSet.of(Capability.FEATURES))))
        .noneMatch(uid -> uid.endsWith("-plain"));
  }

  @Test
  void shouldCommitAsOftenAsTheFileSaysWhereNothingElseRuns() {
    assertThat(interval(build(EnumSet.of(Capability.OFFLINE)))).isEqualTo(60_000);
    assertThat(interval(build(EnumSet.allOf(Capability.class)))).isEqualTo(1_000);
  }

  /** Stand-ins for some of Hadoop's classes are on the class path too, and must come later. */
  @Test
  void shouldFindTheRealHadoopFirst() {
    for (String name :
        Set.of("org.apache.hadoop.conf.Configuration", "org.apache.hadoop.fs.Path")) {
      assertThat(place(name)).isEqualTo(place(LocalFileSystem.class.getName()));
      assertThat(place(name)).isNotEqualTo(place(ParquetFileReader.class.getName()));
    }
  }

  private static String place(String name) {
    try {
      return Class.forName(name).getProtectionDomain().getCodeSource().getLocation().toString();
    } catch (ClassNotFoundException missing) {
      throw new AssertionError(missing);
    }
  }

  private static long interval(StreamExecutionEnvironment env) {
    return env.getConfiguration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL).toMillis();
  }

  private static StreamExecutionEnvironment build(Set<Capability> capabilities) {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration());
    PipelineJob.build(env, HISTORY, capabilities);
    return env;
  }

  private static Set<String> uids(StreamExecutionEnvironment env) {
    return env.getTransformations().stream()
        .flatMap(root -> root.getTransitivePredecessors().stream())
        .map(Transformation::getUid)
        .filter(uid -> uid != null)
        .collect(Collectors.toSet());
  }
}
