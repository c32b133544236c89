package io.millrace.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.DuplicatePair.Decision;
import io.millrace.records.DuplicatePair.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuplicateJsonTest {

  private static final DuplicatePair PAIR =
      new DuplicatePair(
          "model_vectors",
          "models",
          "",
          "0a",
          "0b",
          "{\"id\":1}",
          "{\"id\":7}",
          Decision.MATCH,
          0.98,
          5.6,
          Double.NaN,
          "block",
          List.of(
              new Reason("model", "exact", 6.1, "A320-232", "A320-232"),
              new Reason("owner", "different", -0.5, "", "")),
          1_357_000_000_000L,
          false);

  private static final ClusterMember MEMBER =
      new ClusterMember(
          "model_vectors",
          "models",
          "",
          "0b",
          "{\"id\":7}",
          "0a",
          2,
          "0a",
          "{\"id\":1}",
          false,
          0,
          false);

  @Test
  void shouldWriteAPairThatIsReadAgain() {
    assertThat(new String(DuplicateJson.key(PAIR), StandardCharsets.UTF_8))
        .isEqualTo("model_vectors/0a/0b");
    assertThat(new String(DuplicateJson.encode(PAIR), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"format\":1,\"record\":\"duplicate_pair\",\"embedding\":\"model_vectors\",\"source\":\"models\","
                + "\"tenant\":\"\",\"point_a\":\"0a\",\"point_b\":\"0b\",\"key_a\":\"{\\\"id\\\":1}\",\"key_b\":\"{\\\"id\\\":7}\","
                + "\"decision\":\"MATCH\",\"score\":0.98,\"weight\":5.6,\"similarity\":null,\"found_by\":\"block\","
                + "\"reasons\":[{\"field\":\"model\",\"agreement\":\"exact\",\"weight\":6.1,\"a\":\"A320-232\",\"b\":\"A320-232\"},"
                + "{\"field\":\"owner\",\"agreement\":\"different\",\"weight\":-0.5,\"a\":\"\",\"b\":\"\"}],"
                + "\"event_time\":\"2013-01-01T00:26:40Z\",\"withdrawn\":false}");
    assertThat(DuplicateJson.pair(DuplicateJson.encode(PAIR))).isEqualTo(PAIR);
  }

  @Test
  void shouldWriteAMemberThatIsReadAgain() {
    assertThat(new String(DuplicateJson.key(MEMBER), StandardCharsets.UTF_8))
        .isEqualTo("model_vectors/0b");
    assertThat(new String(DuplicateJson.encode(MEMBER), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"format\":1,\"record\":\"cluster_member\",\"embedding\":\"model_vectors\",\"source\":\"models\","
                + "\"tenant\":\"\",\"point\":\"0b\",\"key\":\"{\\\"id\\\":7}\",\"cluster\":\"0a\",\"size\":2,"
                + "\"representative\":\"0a\",\"representative_key\":\"{\\\"id\\\":1}\",\"limited\":false,"
                + "\"event_time\":\"1970-01-01T00:00:00Z\",\"withdrawn\":false}");
    assertThat(DuplicateJson.member(DuplicateJson.encode(MEMBER))).isEqualTo(MEMBER);
    assertThat(MEMBER.representedByAnother()).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNeither() {
    byte[] other = "{\"format\":2}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> DuplicateJson.pair(other)).hasMessageContaining("format 2");
    assertThatThrownBy(() -> DuplicateJson.member(new byte[] {'x'}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
