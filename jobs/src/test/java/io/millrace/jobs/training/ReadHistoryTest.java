package io.millrace.jobs.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Ingested;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.tables.ParquetRowWriter;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of every form, whose fields have other names than the contract file knows. */
class ReadHistoryTest {
  private static final String AT = "2013-01-01T10:15:00Z";
  private static final ContractOverlay RENAMED =
      new ContractOverlay(
          "1.0.0+2", Map.of("price", "fare", "where", "zone"), Map.of(), Set.of(), Set.of());

  @TempDir private Path folder;
  private Source rides;

  @BeforeEach
  void readPipeline() throws IOException {
    Files.writeString(
        folder.resolve("rides.odcs.yaml"),
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
              - {name: zone, logicalType: string, required: true}
              - {name: at, logicalType: timestamp, physicalType: timestamptz(3), required: true}
              - {name: fare, logicalType: integer, physicalType: int, required: true}
        """);
    Path file =
        Files.writeString(
            folder.resolve("town.yaml"),
            """
            pipeline: town
            sources:
              rides:
                kafka: {topic: rides, bootstrap_servers: "localhost:9092"}
                contract: rides.odcs.yaml
                event_time: {field: at}
            features:
              fares:
                entity: [zone]
                source: rides
                hop: 1m
                aggregations:
                  total: {sum: fare, windows: [1h]}
            """);
    rides = PipelineLoader.load(file, new Environment(Map.of())).source("rides").orElseThrow();
  }

  @Test
  void shouldReadLinesOfJsonByWhatWasLearned() throws Exception {
    assertRead(
        Files.writeString(
            folder.resolve("rides.jsonl"),
            "{\"where\":\"Z1\",\"at\":\"%s\",\"price\":7}\n".formatted(AT)));
  }

  @Test
  void shouldReadCommaSeparatedValuesByWhatWasLearned() throws Exception {
    assertRead(
        Files.writeString(folder.resolve("rides.csv"), "where,at,price\nZ1,%s,7\n".formatted(AT)));
  }

  @Test
  void shouldReadParquetByWhatWasLearned() throws Exception {
    Path file = folder.resolve("rides.parquet");
    RowType type =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("where", DataTypes.STRING()),
                    DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)),
                    DataTypes.FIELD("price", DataTypes.INT()))
                .getLogicalType();
    try (ParquetRowWriter writer =
        new ParquetRowWriter(new LocalOutputFile(file), type, Map.of())) {
      writer.write(
          GenericRowData.of(
              StringData.fromString("Z1"), TimestampData.fromInstant(Instant.parse(AT)), 7));
    }
    List<String> problems = new ArrayList<>();
    HistoryFiles.find(rides, RENAMED, List.of(file), problems);
    assertThat(problems).isEmpty();
    HistoryFiles.find(rides, ContractOverlay.none("1.0.0"), List.of(file), problems);
    assertThat(problems).hasSize(2).allMatch(it -> it.contains("which contract rides requires"));
    assertRead(file);
  }

  private void assertRead(Path file) throws Exception {
    List<Ingested> read = read(file, RENAMED);
    assertThat(read).hasSize(1);
    RowData row = read.get(0).row();
    assertThat(row.getString(0)).hasToString("Z1");
    assertThat(row.getLong(2)).isEqualTo(7);
    assertThat(read(file, ContractOverlay.none("1.0.0"))).noneMatch(Ingested::isRow);
  }

  private List<Ingested> read(Path file, ContractOverlay version) throws Exception {
    List<Ingested> read = new ArrayList<>();
    for (HistorySplit split : HistoryFiles.splits(List.of(file))) {
      new ReadHistory(rides, version).flatMap(split, new ListCollector<>(read));
    }
    return read;
  }
}
