package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedding.session.SharedSessions;
import io.millrace.records.EmbeddedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With the real model, on a Flink with two slots. */
class EmbeddingITCase {
  private static final long NOON = 1_356_998_400_000L;

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @Test
  void shouldEmbedATableThatChangesAndShareOneSession() throws Exception {
    List<RowData> changes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      changes.add(EmbeddingHarness.plane(RowKind.INSERT, "N" + i, "A" + (300 + i % 30), "UA", i));
    }
    for (int i = 0; i < 100; i++) {
      changes.add(
          EmbeddingHarness.plane(RowKind.UPDATE_AFTER, "N" + i, "AIRBUS " + i % 10, "UA", i));
    }
    for (int i = 0; i < 50; i++) {
      changes.add(EmbeddingHarness.plane(RowKind.DELETE, "N" + i, "AIRBUS " + i % 10, "UA", i));
    }
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    DataStream<RowData> rows =
        env.fromData(InternalTypeInfo.of(EmbeddingHarness.PLANE), changes.toArray(RowData[]::new))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<RowData>forMonotonousTimestamps()
                    .withTimestampAssigner((row, time) -> NOON));
    EmbeddingPlan plan = EmbeddingHarness.plan("{{model}}", true, "owner", 0);

    Map<String, EmbeddedRow> points = new HashMap<>();
    try (CloseableIterator<EmbeddedRow> emitted =
        EmbeddingTopology.embeddedRows(rows, plan).executeAndCollect()) {
      emitted.forEachRemaining(
          row ->
              points.merge(
                  row.key(), row, (old, now) -> now.version() > old.version() ? now : old));
    }

    assertThat(points).hasSize(300);
    assertThat(points.values().stream().filter(EmbeddedRow::isDelete)).hasSize(50);
    EmbeddedRow airbus = points.get("{\"tailnum\":\"N57\"}");
    assertThat(airbus.text()).isEqualTo("AIRBUS 7");
    assertThat(airbus.model()).isEqualTo("all-minilm-l6-v2/fp32");
    assertThat(airbus.vector())
        .hasSize(384)
        .isEqualTo(points.get("{\"tailnum\":\"N67\"}").vector());
    assertThat(SharedSessions.openSessions()).isZero();
  }
}
