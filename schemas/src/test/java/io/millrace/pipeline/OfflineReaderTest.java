package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineReaderTest {

  private static final String VIEW =
      """
      features:
        carrier_delay:
          entity: [carrier]
          source: flights
          hop: 1m
          aggregations:
            departures: {count: "*", windows: [1h]}
      """;

  @Test
  void shouldKeepNothingUnlessAsked() {
    assertThat(PipelineFixture.with(VIEW, Map.of()).pipeline().offline()).isEmpty();
  }

  @Test
  void shouldKeepEverythingInAFolderByDefault() {
    OfflineSpec offline = offline("offline: {warehouse: ../../var/offline}");

    assertThat(offline.warehouse())
        .isEqualTo(Path.of("../var/offline").toAbsolutePath().normalize().toString());
    assertThat(offline.isLocal()).isTrue();
    assertThat(offline.catalog()).isEqualTo(OfflineSpec.Catalog.HADOOP);
    assertThat(offline.commitEvery()).isEmpty();
    assertThat(offline.sources()).containsExactly("flights", "planes");
    assertThat(offline.views()).containsExactly("carrier_delay");
  }

  @Test
  void shouldReadEveryKey() {
    OfflineSpec offline =
        offline(
            """
            offline:
              warehouse: s3://lake/millrace
              catalog: rest
              uri: https://catalog/
              properties: {token: "${TOKEN}", warehouse.alias: main}
              commit_every: 10m
              sources: [flights]
              views: []
            """);

    assertThat(offline.warehouse()).isEqualTo("s3://lake/millrace");
    assertThat(offline.isLocal()).isFalse();
    assertThat(offline.catalog()).isEqualTo(OfflineSpec.Catalog.REST);
    assertThat(offline.uri().orElseThrow().value()).isEqualTo("https://catalog/");
    assertThat(offline.properties().get("token").value()).isEqualTo("hunter2");
    assertThat(offline.toString()).doesNotContain("hunter2").doesNotContain("https://catalog/");
    assertThat(offline.commitEvery()).contains(Duration.ofMinutes(10));
    assertThat(offline.sources()).containsExactly("flights");
    assertThat(offline.views()).isEmpty();
  }

  @Test
  void shouldGiveChangingSourcesTwoTables() {
    Pipeline pipeline =
        PipelineFixture.with(VIEW + "offline: {warehouse: /tmp/x}", Map.of()).pipeline();
    Source planes = pipeline.source("planes").orElseThrow();
    Source flights = pipeline.source("flights").orElseThrow();

    assertThat(OfflineSpec.history(planes))
        .isEqualTo(new OfflineSpec.Table("planes_changes", "planes", OfflineSpec.Content.CHANGES));
    assertThat(OfflineSpec.state(planes))
        .contains(new OfflineSpec.Table("planes", "planes", OfflineSpec.Content.STATE));
    assertThat(OfflineSpec.history(flights))
        .isEqualTo(new OfflineSpec.Table("flights", "flights", OfflineSpec.Content.EVENTS));
    assertThat(OfflineSpec.state(flights)).isEmpty();
  }

  @Test
  void shouldReportEverythingAtOnce() {
    PipelineFile file =
        PipelineFixture.with(
            VIEW
                + """
                  planes_changes:
                    entity: [tailnum]
                    source: planes
                    latest: [model]
                offline:
                  warehouse: s3a://lake
                  uri: jdbc:postgresql://me:hunter2@db/lake
                  sources: [flihgts, planes]
                  views: [carrier_dely, planes_changes]
                """,
            Map.of());

    assertThat(file.problems().toString())
        .contains("\"flihgts\", which sources does not have", "did you mean \"flights\"?")
        .contains("\"carrier_dely\", which features does not have")
        .contains("an object store with the hadoop catalog")
        .contains("an address with a password written out (not shown)")
        .contains("a uri although the catalog is hadoop")
        .contains("the table planes_changes for both source planes and view planes_changes")
        .doesNotContain("hunter2");
  }

  @Test
  void shouldAskForTheUriOfACatalog() {
    assertThat(
            PipelineFixture.with(VIEW + "offline: {warehouse: /x, catalog: jdbc}", Map.of())
                .problems()
                .toString())
        .contains("no uri, which a jdbc catalog needs");
  }

  @Test
  void shouldRefuseFieldsThatAreCalledAsColumnsOfTheTables(@TempDir Path dir) throws IOException {
    Files.writeString(
        dir.resolve("rides.odcs.yaml"),
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
              - {name: id, logicalType: string, required: true}
              - {name: _offset, logicalType: integer}
              - {name: _sequence, logicalType: integer}
        """);
    Path file =
        Files.writeString(
            dir.resolve("town.yaml"),
            """
            pipeline: town
            sources:
              rides:
                kafka: {topic: rides, bootstrap_servers: "localhost:9092"}
                contract: rides.odcs.yaml
            offline: {warehouse: warehouse}
            """);

    assertThat(PipelineFile.read(file, new Environment(Map.of())).problems().toString())
        .contains("source rides with a field \"_offset\"")
        .contains("source rides with a field \"_sequence\"")
        .contains("rename the field in the contract, or leave the source out");
  }

  @Test
  void shouldAskForAWarehouse() {
    assertThat(PipelineFixture.with(VIEW + "offline: {}", Map.of()).problems().toString())
        .contains("warehouse");
  }

  private static OfflineSpec offline(String section) {
    return PipelineFixture.with(VIEW + section, Map.of("TOKEN", "hunter2"))
        .pipeline()
        .offline()
        .orElseThrow();
  }
}
