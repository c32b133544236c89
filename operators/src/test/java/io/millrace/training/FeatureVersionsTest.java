package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes another version of a view, and what does not. */
class FeatureVersionsTest {
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
        earnings:
          entity: [driver]
          source: rides
          where: "price > 0"
          hop: 1m
          aggregations:
            rides:  {count: "*", windows: [1h]}
            earned: {sum: price, windows: [1h, 24h]}
          online: {ttl: 7d, layout: hash}
        newest:
          entity: [driver]
          source: rides
          latest: [price]
      """;

  /** Part of the form of training sets: what has it was made by this definition. */
  private static final String EARNINGS = "6298c23d8cd8e80f";

  private static final String NEWEST = "9f9e30a98a340fce";
  private static final String ON_DEMAND =
      """
      on_demand:
        fare:
          request: {amount: DOUBLE, unused: INT}
          features:
            share: "amount / NULLIF(earnings.earned_24h, 0)"
      """;
  private static final String FARE = "331c84adba5df19f";

  @TempDir private Path folder;

  @Test
  void shouldKeepTheVersionsThatWereGivenOut() throws IOException {
    assertThat(version(PIPELINE, "earnings")).isEqualTo(EARNINGS);
    assertThat(version(PIPELINE, "newest")).isEqualTo(NEWEST);
  }

  @Test
  void shouldGiveAnotherVersionToWhateverChangesAValue() throws IOException {
    for (String[] change :
        new String[][] {
          {"price > 0", "price > 1"},
          {"hop: 1m", "hop: 30s"},
          {"[1h, 24h]", "[1h, 48h]"},
          {"earned: {sum", "earned: {avg"},
          {"ttl: 7d", "ttl: 8d"},
          {"field: at, ", ""}
        }) {
      String changed = PIPELINE.replace(change[0], change[1]);
      assertThat(changed).isNotEqualTo(PIPELINE);
      assertThat(version(changed, "earnings")).as(change[1]).isNotEqualTo(EARNINGS);
    }
  }

  @Test
  void shouldKeepTheVersionWhenOnlyPlacesChange() throws IOException {
    for (String[] change :
        new String[][] {
          {"localhost:9092", "kafka:9092"},
          {"topic: rides", "topic: all_rides"},
          {"layout: hash", "layout: feast"},
          {"out_of_orderness: 5m", "out_of_orderness: 1h"},
          {"  newest:", "  the_newest:"}
        }) {
      String changed = PIPELINE.replace(change[0], change[1]);
      assertThat(changed).isNotEqualTo(PIPELINE);
      assertThat(version(changed, "earnings")).as(change[1]).isEqualTo(EARNINGS);
    }
  }

  @Test
  void shouldGiveAPipelineAnotherVersionWhenAnyViewHasOne() throws IOException {
    String before = FeatureVersions.of(pipeline(PIPELINE));
    assertThat(FeatureVersions.of(pipeline(PIPELINE.replace("localhost", "other"))))
        .isEqualTo(before);
    assertThat(FeatureVersions.of(pipeline(PIPELINE.replace("latest: [price]", "latest: [at]"))))
        .isNotEqualTo(before);
  }

  @Test
  void shouldGiveAGroupAnotherVersionWhenItsViewsHaveOne() throws IOException {
    assertThat(groupVersion(PIPELINE + ON_DEMAND)).isEqualTo(FARE);
    for (String[] same : new String[][] {{"unused: INT", "other: INT"}, {"[price]", "[at]"}}) {
      String changed = (PIPELINE + ON_DEMAND).replace(same[0], same[1]);
      assertThat(groupVersion(changed)).as(same[1]).isEqualTo(FARE);
    }
    for (String[] other :
        new String[][] {
          {"amount: DOUBLE", "amount: FLOAT"},
          {", 0)", ", 1)"},
          {"price > 0", "price > 1"},
          {"ttl: 7d", "ttl: 8d"}
        }) {
      String changed = (PIPELINE + ON_DEMAND).replace(other[0], other[1]);
      assertThat(groupVersion(changed)).as(other[1]).isNotEqualTo(FARE);
    }
    assertThat(FeatureVersions.of(pipeline(PIPELINE + ON_DEMAND)))
        .isNotEqualTo(FeatureVersions.of(pipeline(PIPELINE)));
  }

  private String groupVersion(String text) throws IOException {
    Pipeline pipeline = pipeline(text);
    return FeatureVersions.of(pipeline, pipeline.onDemandGroup("fare").orElseThrow());
  }

  private String version(String text, String view) throws IOException {
    Pipeline pipeline = pipeline(text);
    return FeatureVersions.of(pipeline, pipeline.featureView(view).orElseThrow());
  }

  private Pipeline pipeline(String text) throws IOException {
    Files.writeString(folder.resolve("rides.odcs.yaml"), CONTRACT);
    Path file = Files.writeString(folder.resolve("rides.yaml"), text);
    return PipelineFile.read(file, new Environment(Map.of())).pipeline();
  }
}
