package io.millrace.quickstart.start;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RehearsalITCase {
  @Test
  void shouldRunItsCommandsWithoutAnyServer() throws Exception {
    // It would fail unseen: commands then only start slowly.
    assertThat(Rehearsal.succeeds("../conf/pipelines/flights.yaml")).isTrue();
  }

  @Test
  void shouldNoticeACommandThatFails() throws Exception {
    assertThat(Rehearsal.succeeds("no-such-pipeline.yaml")).isFalse();
  }
}
