package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTopologyTest {
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.rides
      name: rides
      version: 1.0.0
      status: active
      schema:
        - name: rides
          logicalType: object
          properties:
            - {name: driver, logicalType: string, required: true}
            - {name: at, logicalType: timestamp, required: true}
            - {name: price, logicalType: number, physicalType: double}
      """;

  private static final String PIPELINE =
      """
      pipeline: rides
      sources:
        rides:
          kafka: {topic: rides, bootstrap_servers: "localhost:9092"}
          contract: rides.odcs.yaml
          event_time: {field: at, out_of_orderness: 5m}
      features:
        spine:
          entity: [driver]
          source: rides
          latest: [price]
      """;

  @TempDir private Path folder;

  @Test
  void shouldTellTheSpineFromAViewOfThatName() throws Exception {
    Files.writeString(folder.resolve("rides.odcs.yaml"), CONTRACT);
    Path file = Files.writeString(folder.resolve("rides.yaml"), PIPELINE);
    Pipeline pipeline = PipelineFile.read(file, new Environment(Map.of())).pipeline();
    List<String> problems = new ArrayList<>();
    TrainingRequest request = TrainingRequest.parse("at", List.of("driver"), List.of("spine:*"));
    RowType columns =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("driver", DataTypes.STRING()),
                    DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)))
                .notNull()
                .getLogicalType();
    TrainingPlan plan =
        TrainingPlan.of(RequestedViews.of(pipeline, request, problems), columns, problems);
    assertThat(problems).isEmpty();

    Configuration batch = new Configuration();
    batch.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(batch);
    TrainingTopology.rows(
            plan,
            nothing(env, SpineRows.type(columns)),
            source -> nothing(env, pipeline.source(source).orElseThrow().rowType()),
            source -> false,
            (view, failed) -> failed.sinkTo(new DiscardingSink<>()))
        .sinkTo(new DiscardingSink<>());
    // Two operators of one uid would be refused here.
    assertThat(env.getStreamGraph().getJobGraph().getNumberOfVertices()).isPositive();
  }

  private static DataStream<RowData> nothing(StreamExecutionEnvironment env, RowType type) {
    return env.fromData(InternalTypeInfo.of(type), new GenericRowData(type.getFieldCount()))
        .filter(row -> false);
  }
}
