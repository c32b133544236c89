package io.millrace.quickstart.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.PointContent;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private final Pipeline pipeline =
      PipelineFile.read(Home.find().flightsPipeline(), new Environment(Map.of())).pipeline();

  @Test
  void shouldNameEveryFieldAndKeyThatDiffers() {
    Comparison comparison =
        Comparison.ofRedis(
            pipeline,
            redis("UA", Map.of("departures_1h", "3", "_version", "1000:7"), "B6", Map.of()),
            redis("UA", Map.of("departures_1h", "4", "_version", "1000:7"), "DL", Map.of()));
    assertThat(comparison.keysCompared()).isEqualTo(3);
    assertThat(comparison.differingKeys()).isEqualTo(3);
    assertThat(comparison.differences())
        .containsExactly(
            "B6 is there only in the undisturbed run",
            "DL is there only in the disturbed run",
            "UA departures_1h: 4, undisturbed 3");
  }

  @Test
  void shouldLeaveOutTheMomentOfACommitButNotTheRevision() {
    String plane = "millrace:flights:plane_profile:N14228";
    Map<String, String> first = Map.of("seats", "149", "_version", "1000:2", "_event_time", "a");
    Map<String, String> later = Map.of("seats", "149", "_version", "2000:2", "_event_time", "b");
    Map<String, String> changed = Map.of("seats", "149", "_version", "1000:3", "_event_time", "a");
    Map<String, Map<String, String>> none = Map.of();
    assertThat(
            Comparison.ofRedis(
                    pipeline,
                    new RedisContent(Map.of(plane, first)),
                    new RedisContent(Map.of(plane, later)))
                .differences())
        .isEmpty();
    assertThat(
            Comparison.ofRedis(
                    pipeline,
                    new RedisContent(Map.of(plane, first)),
                    new RedisContent(Map.of(plane, changed)))
                .differences())
        .hasSize(1);
    assertThat(
            Comparison.ofRedis(
                    pipeline, new RedisContent(Map.of(plane, first)), new RedisContent(none))
                .differingKeys())
        .isEqualTo(1);
  }

  private static RedisContent redis(
      String key, Map<String, String> fields, String other, Map<String, String> otherFields) {
    return new RedisContent(Map.of(key, fields, other, otherFields));
  }

  @Test
  void shouldSeeTheLastDigitOfAVectorAndPointsThatOnlyOneRunHas() {
    Comparison comparison =
        Comparison.ofPoints(
            new PointContent(
                Map.of(
                    "a", Map.of("_version", "7", PointContent.VECTOR, "[0.1, 0.2]"),
                    "b", Map.of("_version", "7"))),
            new PointContent(
                Map.of("a", Map.of("_version", "7", PointContent.VECTOR, "[0.1, 0.20000002]"))));
    assertThat(comparison.keysCompared()).isEqualTo(2);
    assertThat(comparison.differingKeys()).isEqualTo(2);
    assertThat(comparison.differences())
        .containsExactly(
            "a (vector): [0.1, 0.20000002], undisturbed [0.1, 0.2]",
            "b is there only in the undisturbed run");
  }

  @Test
  void shouldSeeRepeatedAndMissingRevisions() {
    FeatureTopicContent topic = new FeatureTopicContent();
    topic.take(key("UA"), value("10:00", 1));
    topic.take(key("UA"), value("10:00", 2));
    topic.take(key("UA"), value("10:00", 2));
    topic.take(key("B6"), value("10:00", 1));
    topic.take(key("B6"), value("10:05", 3));
    topic.take(key("DL"), value("10:00", 9));
    topic.take(key("DL"), value("10:10", 1));
    topic.take(key("DL"), null);
    assertThat(topic.repeated()).containsExactly("UA");
    assertThat(topic.gaps()).containsExactly("B6");
    assertThat(topic.last()).containsEntry("DL", "deleted");
    assertThat(topic.records()).isEqualTo(8);
  }

  private static byte[] key(String carrier) {
    return carrier.getBytes(UTF_8);
  }

  private static byte[] value(String time, long revision) {
    return "{\"event_time\":\"2013-07-01T%s:00Z\",\"revision\":%d}"
        .formatted(time, revision)
        .getBytes(UTF_8);
  }
}
