package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.ConsistencyRound.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsistencyRoundJsonTest {

  private static final long QUARTER_PAST = Instant.parse("2026-01-01T10:15:00Z").toEpochMilli();
  private static final ConsistencyRound ROUND =
      new ConsistencyRound(
          "flights",
          "carrier_delay",
          QUARTER_PAST,
          4_312,
          17,
          15,
          13,
          1,
          1,
          1,
          1,
          75,
          List.of("topic flights"),
          "");

  @Test
  void shouldReadTheFirstFormat() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("consistency-round-1.json")) {
      byte[] golden = in.readAllBytes();
      assertThat(ConsistencyRoundJson.decode(golden)).isEqualTo(ROUND);
      assertThat(new String(ConsistencyRoundJson.encode(ROUND), UTF_8))
          .isEqualTo(new String(golden, UTF_8).strip());
    }
  }

  @Test
  void shouldTellHowARoundEnded() {
    ConsistencyRound failed =
        ConsistencyRound.failed("flights", "carrier_delay", QUARTER_PAST, 5, "Redis is away");

    assertThat(ROUND.outcome()).isEqualTo(Outcome.SKEWED);
    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(ConsistencyRoundJson.decode(ConsistencyRoundJson.encode(failed))).isEqualTo(failed);
    assertThat(
            new ConsistencyRound("p", "v", 0, 1, 5, 3, 3, 0, 0, 2, 0, 9, List.of(), "").outcome())
        .isEqualTo(Outcome.EQUAL);
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertThatThrownBy(() -> ConsistencyRoundJson.decode("{\"format\":2}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> ConsistencyRoundJson.decode("{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
