package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class QualityResultJsonTest {

  private static final long QUARTER_PAST = Instant.parse("2013-01-01T10:15:00Z").toEpochMilli();
  private static final QualityResult RESULT =
      new QualityResult(
          "flights",
          "carrier.pattern",
          "carrier",
          "a match of ^[A-Z0-9]{2}$",
          "= 0 rows",
          QUARTER_PAST,
          QUARTER_PAST + 300_000,
          120,
          3,
          false);

  @Test
  void shouldReadTheFirstFormat() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("quality-result-1.json")) {
      byte[] golden = in.readAllBytes();
      assertThat(QualityResultJson.decode(golden)).isEqualTo(RESULT);
      assertThat(new String(QualityResultJson.encode(RESULT), UTF_8))
          .isEqualTo(new String(golden, UTF_8).strip());
    }
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertThatThrownBy(() -> QualityResultJson.decode("{\"format\":2}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> QualityResultJson.decode("{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldCallAWindowWithoutRecordsClean() {
    assertThat(new QualityResult("s", "r", "", "", "", 0, 1, 0, 0, true).passRate()).isEqualTo(1);
  }
}
