package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.Replay;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ReplayOnceTest {

  private static final DeadLetter.Raw RAW =
      DeadLetter.Raw.of("{\"flight\":\"x\"}".getBytes(StandardCharsets.UTF_8));

  @Test
  void shouldLetAReplayPassOnceHoweverOftenItIsSent() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(replayOfOffset(42, 0), 0);
      harness.processElement(replayOfOffset(43, 0), 0);
      harness.processElement(replayOfOffset(42, 0), 0);

      assertThat(passed(harness)).containsExactly("42 after 1", "43 after 1");
    }
  }

  @Test
  void shouldLetARecordPassAgainThatWasRefusedAgain() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(replayOfOffset(42, 0), 0);
      harness.processElement(replayOfOffset(42, 1), 0);
      harness.processElement(replayOfOffset(42, 0), 0);
      harness.processElement(replayOfOffset(42, 1), 0);

      assertThat(passed(harness)).containsExactly("42 after 1", "42 after 2");
    }
  }

  @Test
  void shouldRememberAcrossARestore() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness()) {
      harness.open();
      harness.processElement(replayOfOffset(42, 0), 0);
      state = harness.snapshot(1, 0);
    }
    try (var harness = harness()) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(replayOfOffset(42, 0), 0);
      harness.processElement(replayOfOffset(43, 0), 0);

      assertThat(passed(harness)).containsExactly("43 after 1");
    }
  }

  @Test
  void shouldForgetWhenTheLetterHasLongBeenDeleted() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.setStateTtlProcessingTime(1);
      harness.processElement(replayOfOffset(42, 0), 0);
      harness.setStateTtlProcessingTime(ReplayOnce.REMEMBERED.toMillis() + 2);
      harness.processElement(replayOfOffset(42, 0), 0);

      assertThat(passed(harness)).hasSize(2);
    }
  }

  private static List<String> passed(
      KeyedOneInputStreamOperatorTestHarness<String, Replay, Replay> harness) {
    return harness.extractOutputValues().stream()
        .map(replay -> replay.letter().coordinates())
        .map(at -> at.position() + " after " + at.replays())
        .toList();
  }

  private static Replay replayOfOffset(long offset, int replays) {
    return new Replay(
        "0-" + (offset + replays),
        new DeadLetter(
            "flights",
            DeadLetterReason.WRONG_TYPE,
            "flight",
            "a string where INT is expected",
            "flights",
            "1.0.0",
            0,
            DeadLetter.Coordinates.kafka("flights", 0, offset, null).afterReplays(replays),
            RAW));
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Replay, Replay> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new ReplayOnce()), Replay::identity, Types.STRING);
  }
}
