package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.PointIds;
import io.millrace.testkit.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingOperatorTest {
  private static final long NOON = 1_356_998_400_000L;
  private static final String TEXT = "{{model}}{{#pilot}} flown by {{pilot}}{{/pilot}}";

  private static EmbeddingHarness table() throws Exception {
    return harness(EmbeddingHarness.plan("{{model}}", true, "", 0));
  }

  private static EmbeddingHarness harness(EmbeddingPlan plan) throws Exception {
    return new EmbeddingHarness(plan, new HashMapStateBackend(), null);
  }

  private static List<String> kindsAndTexts(List<EmbeddedRow> rows) {
    return rows.stream().map(row -> row.kind() + " " + row.text()).toList();
  }

  @Test
  void shouldEmitAPointPerRowAndMaskWhatIsAboutPersons() throws Exception {
    try (EmbeddingHarness planes = harness(EmbeddingHarness.plan(TEXT, true, "owner", 0))) {
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);

      EmbeddedRow row = planes.outputs().get(0);
      assertThat(row.text()).isEqualTo("A320 flown by ***");
      assertThat(row.vector()).containsExactly(ScriptedEncoder.vectorOf(row.text()));
      assertThat(row.key()).isEqualTo("{\"tailnum\":\"N1\"}");
      assertThat(row.pointId()).isEqualTo(PointIds.of("planes", row.key(), 0));
      assertThat(row.tenant()).isEqualTo("UA");
      assertThat(row.model()).isEqualTo("scripted/fp32");
      assertThat(row.version()).isEqualTo(NOON * 1_000);
      assertThat(row.payload().getString(0)).hasToString("N1");
      assertThat(row.payload().getInt(1)).isEqualTo(180);
    }
  }

  @Test
  void shouldNotEncodeATextThatStaysTheSame() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);
      planes.insert("N1", "A320", 180, NOON + 1);
      planes.insert("N1", "A320", 186, NOON + 2);

      assertThat(planes.outputs()).hasSize(2);
      assertThat(planes.encoder.encoded).containsExactly("A320");
      EmbeddedRow second = planes.outputs().get(1);
      assertThat(second.payload().getInt(1)).isEqualTo(186);
      assertThat(second.vector()).isEqualTo(planes.outputs().get(0).vector());
      assertThat(second.version()).isEqualTo((NOON + 2) * 1_000);
    }
  }

  @Test
  void shouldEndThePointOfADeletedRowAndLetANewOneFollow() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);
      planes.delete("N1", "A320", 180, NOON);
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(3);

      assertThat(kindsAndTexts(planes.outputs()))
          .containsExactly("UPSERT A320", "DELETE ", "UPSERT A320");
      assertThat(planes.outputs())
          .extracting(EmbeddedRow::version)
          .containsExactly(NOON * 1_000, NOON * 1_000 + 1, NOON * 1_000 + 2);
    }
  }

  @Test
  void shouldEndAPointThatIsNotKnownAndForgetItAnHourLater() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.delete("N1", "A320", 180, NOON);
      assertThat(kindsAndTexts(planes.outputs())).containsExactly("DELETE ");
      assertThat(planes.harness.numKeyedStateEntries()).isEqualTo(1);

      planes.watermark(NOON + EmbeddingOperator.DELETED_REMEMBERED.toMillis());
      assertThat(planes.harness.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void shouldIgnoreTheRowBeforeAnUpdateAndEndARowWhoseTextVanishes() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);
      planes.send(EmbeddingHarness.plane(RowKind.UPDATE_BEFORE, "N1", "A320", "UA", 180), NOON + 1);
      planes.send(EmbeddingHarness.plane(RowKind.UPDATE_AFTER, "N1", null, "UA", 180), NOON + 1);
      planes.insert("N2", null, 180, NOON + 2);

      assertThat(kindsAndTexts(planes.outputs())).containsExactly("UPSERT A320", "DELETE ");
    }
  }

  @Test
  void shouldKeepTheOrderOfAKeyWhileOthersOvertake() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.encoder.hold();
      planes.insert("N1", "A319", 120, NOON);
      planes.insert("N1", "A320", 180, NOON + 1);
      planes.delete("N1", "A320", 180, NOON + 2);
      planes.insert("N1", "A321", 220, NOON + 3);
      planes.insert("N2", "B737", 150, NOON + 4);
      planes.encoder.letThrough(10);
      planes.awaitOutputs(5);

      assertThat(
              kindsAndTexts(
                  planes.outputs().stream().filter(row -> row.key().contains("N1")).toList()))
          .containsExactly("UPSERT A319", "UPSERT A320", "DELETE ", "UPSERT A321");
      assertThat(planes.outputs().get(4).text()).isEqualTo("A321");
    }
  }

  @Test
  void shouldHoldBackWatermarksUntilTheRowsBeforeThemAreOut() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.encoder.hold();
      planes.insert("N1", "A319", 120, NOON);
      planes.watermark(NOON);
      planes.insert("N2", "A320", 120, NOON + 1);
      planes.watermark(NOON + 1);
      assertThat(planes.harness.getOutput()).isEmpty();

      planes.encoder.letThrough(1);
      Deadline.await(
          Duration.ofSeconds(10),
          "the first watermark",
          () -> {
            planes.runMails();
            return planes.harness.getOutput().contains(new Watermark(NOON));
          });
      assertThat(planes.harness.getOutput()).doesNotContain(new Watermark(NOON + 1));
      planes.encoder.letThrough(1);
      planes.awaitOutputs(2);
      assertThat(planes.harness.getOutput()).contains(new Watermark(NOON + 1));
    }
  }

  @Test
  void shouldMakeADeadLetterOfWhatTheEncoderRefusesAndEndTheOldPoint() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.insert("N1", "A320", 180, NOON);
      planes.insert("N2", "B737", 150, NOON);
      planes.awaitOutputs(2);
      planes.insert("N1", "boom", 180, NOON + 1);
      planes.awaitOutputs(4);

      DeadLetter letter = planes.letters().get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetterReason.NOT_EMBEDDED);
      assertThat(letter.message()).contains("planes_text").contains("it said boom");
      assertThat(new String(letter.coordinates().key(), StandardCharsets.UTF_8))
          .isEqualTo("{\"tailnum\":\"N1\"}");
      assertThat(new String(letter.raw().bytes(), StandardCharsets.UTF_8)).contains("boom");
      // What a replay can send back.
      assertThat(letter.raw().content()).isEqualTo(DeadLetter.Raw.Content.ROW);
      EmbeddedRow last = planes.outputs().get(2);
      assertThat(last.isDelete()).isTrue();
      assertThat(last.key()).contains("N1");

      planes.insert("N1", "A320", 180, NOON + 2);
      planes.awaitOutputs(5);
      assertThat(planes.outputs().get(3).text()).isEqualTo("A320");
    }
  }

  @Test
  void shouldMakeADeadLetterOfARowWithoutATenant() throws Exception {
    try (EmbeddingHarness planes = harness(EmbeddingHarness.plan("{{model}}", true, "owner", 0))) {
      planes.send(EmbeddingHarness.plane(RowKind.INSERT, "N1", "A320", null, 180), NOON);

      assertThat(planes.letters()).singleElement().extracting(DeadLetter::field).isEqualTo("owner");
      assertThat(planes.outputs()).isEmpty();
    }
  }

  @Test
  void shouldMakeSeveralPointsOfALongTextAndEndThoseThatAShorterOneLeaves() throws Exception {
    try (EmbeddingHarness planes = harness(EmbeddingHarness.plan("{{model}}", true, "", 2))) {
      planes.insert("N1", "one two three four five", 1, NOON);
      planes.awaitOutputs(3);
      assertThat(planes.outputs())
          .extracting(EmbeddedRow::text)
          .containsExactly("one two", "three four", "five");
      assertThat(planes.outputs()).extracting(EmbeddedRow::pointId).doesNotHaveDuplicates();

      planes.insert("N1", "one two", 1, NOON + 1);
      planes.awaitOutputs(6);
      assertThat(kindsAndTexts(planes.outputs().subList(3, 6)))
          .containsExactly("UPSERT one two", "DELETE ", "DELETE ");
      planes.delete("N1", "one two", 1, NOON + 2);
      assertThat(planes.outputs()).hasSize(7);
    }
  }

  @Test
  void shouldPassOverOlderRowsOfASourceThatOnlyAppends() throws Exception {
    try (EmbeddingHarness planes = harness(EmbeddingHarness.plan("{{model}}", false, "", 0))) {
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);
      planes.insert("N1", "A320", 180, NOON + 10);
      planes.insert("N1", "A319", 120, NOON + 5);
      planes.insert("N1", "A321", 220, NOON + 10);
      planes.awaitOutputs(2);

      assertThat(planes.outputs()).extracting(EmbeddedRow::text).containsExactly("A320", "A321");
    }
  }

  @Test
  void shouldPutTextsTogetherWhileTheEncoderIsBusy() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.encoder.hold();
      for (int i = 0; i < 6; i++) {
        planes.insert("N" + i, "A32" + i, i, NOON + i);
      }
      planes.encoder.letThrough(3);
      planes.awaitOutputs(6);

      assertThat(planes.encoder.batchSizes).containsExactly(1, 4, 1);
    }
  }

  @Test
  void shouldEmitEverythingBeforeTheInputEnds() throws Exception {
    try (EmbeddingHarness planes = table()) {
      for (int i = 0; i < 9; i++) {
        planes.insert("N" + i, "A32" + i, i, NOON + i);
      }
      planes.harness.endInput();
      assertThat(planes.outputs()).hasSize(9);
    }
  }

  @Test
  void shouldTryAgainWhileTheEncoderIsOutOfReach() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.encoder.unavailableTimes = 2;
      planes.insert("N1", "A320", 180, NOON);
      planes.awaitOutputs(1);
      assertThat(planes.outputs().get(0).text()).isEqualTo("A320");
    }
  }

  @Test
  void shouldFailWithTheAddressOnceItsPatienceEnds() throws Exception {
    try (EmbeddingHarness planes = table()) {
      planes.encoder.unavailableTimes = Integer.MAX_VALUE;
      planes.insert("N1", "A320", 180, NOON);
      assertThatThrownBy(() -> planes.harness.endInput())
          .hasMessageContaining("planes_text")
          .hasMessageContaining("http://ai.test is away");
    }
  }

  @Test
  void shouldCloseTheEncoder() throws Exception {
    ScriptedEncoder encoder;
    try (EmbeddingHarness planes = table()) {
      encoder = planes.encoder;
      encoder.hold();
      planes.insert("N1", "A320", 180, NOON);
    }
    assertThat(encoder.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "rocksdb"})
  void shouldTakeUpWhatWasUnderWayAtASnapshot(String backend) throws Exception {
    EmbeddingPlan plan = EmbeddingHarness.plan("{{model}}", true, "", 0);
    OperatorSubtaskState state;
    try (EmbeddingHarness planes = new EmbeddingHarness(plan, backend(backend), null)) {
      planes.insert("N1", "A319", 120, NOON);
      planes.awaitOutputs(1);
      planes.encoder.hold();
      planes.insert("N1", "A320", 180, NOON + 1);
      planes.delete("N1", "A320", 180, NOON + 2);
      planes.insert("N2", "B737", 150, NOON + 3);
      state = planes.snapshot();
    }
    try (EmbeddingHarness planes = new EmbeddingHarness(plan, backend(backend), state)) {
      planes.awaitOutputs(3);
      assertThat(
              kindsAndTexts(
                  planes.outputs().stream().filter(row -> row.key().contains("N1")).toList()))
          .containsExactly("UPSERT A320", "DELETE ");
      state = planes.snapshot();
    }
    try (EmbeddingHarness planes = new EmbeddingHarness(plan, backend(backend), state)) {
      planes.runMails();
      assertThat(planes.outputs()).isEmpty();
    }
  }

  private static StateBackend backend(String name) {
    return name.equals("heap") ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
  }

  /** What a store holds that keeps the greater version. */
  private static void store(List<EmbeddedRow> rows, Map<UUID, EmbeddedRow> points) {
    for (EmbeddedRow row : rows) {
      points.merge(row.pointId(), row, (old, now) -> now.version() >= old.version() ? now : old);
    }
  }

  private static Map<UUID, String> content(Map<UUID, EmbeddedRow> points) {
    Map<UUID, String> content = new HashMap<>();
    points.forEach((id, row) -> content.put(id, row.version() + " " + row.kind() + row.text()));
    return content;
  }

  /** Fails and comes back from its last snapshot again and again; the store must not notice. */
  @Test
  void shouldEndWithTheSamePointsAfterFailuresAtAnyTime() throws Exception {
    EmbeddingPlan plan = EmbeddingHarness.plan("{{model}}", true, "", 2);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] models = {"A", "B C", "D E F", "boom", null};
    List<Object[]> changes = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      changes.add(
          new Object[] {
            random.nextInt(5) == 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER,
            "N" + random.nextInt(6),
            models[random.nextInt(models.length)],
            random.nextInt(2)
          });
    }
    Map<UUID, EmbeddedRow> undisturbed = new HashMap<>();
    try (EmbeddingHarness planes = harness(plan)) {
      for (int i = 0; i < changes.size(); i++) {
        send(planes, changes, i);
      }
      planes.harness.endInput();
      store(planes.outputs(), undisturbed);
    }

    Map<UUID, EmbeddedRow> disturbed = new HashMap<>();
    OperatorSubtaskState state = null;
    int next = 0;
    while (next < changes.size()) {
      try (EmbeddingHarness planes = new EmbeddingHarness(plan, new HashMapStateBackend(), state)) {
        int until = Math.min(changes.size(), next + 1 + random.nextInt(20));
        for (; next < until; next++) {
          send(planes, changes, next);
          planes.runMails();
        }
        int emitted = planes.outputs().size();
        state = planes.snapshot();
        // What follows the snapshot is emitted again after the failure.
        for (int i = next; i < Math.min(changes.size(), next + 5); i++) {
          send(planes, changes, i);
          planes.runMails();
        }
        assertThat(planes.outputs().size()).isGreaterThanOrEqualTo(emitted);
        store(planes.outputs(), disturbed);
      }
    }
    try (EmbeddingHarness planes = new EmbeddingHarness(plan, new HashMapStateBackend(), state)) {
      planes.harness.endInput();
      store(planes.outputs(), disturbed);
    }
    assertThat(content(disturbed)).as("seed %d", seed).isEqualTo(content(undisturbed));
  }

  private static void send(EmbeddingHarness planes, List<Object[]> changes, int i)
      throws Exception {
    Object[] change = changes.get(i);
    planes.send(
        EmbeddingHarness.plane(
            (RowKind) change[0], (String) change[1], (String) change[2], "UA", (Integer) change[3]),
        NOON + i / 3);
  }
}
