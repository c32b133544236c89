package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({"100ms, 100", "30s, 30000", "5m, 300000", "24h, 86400000", "7d, 604800000", "0s, 0"})
  void shouldParse(String text, long millis) {
    assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"1", "h", "1 h", "-1h", "1.5h", "1w", "1H", "PT1H", "999999999999999d", "''"})
  void shouldNotParse(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "1, 1ms", "1500, 1500ms", "90000, 90s", "3600000, 1h", "86400000, 1d"})
  void shouldFormatAsTheShortestExactText(long millis, String text) {
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
    assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
  }
}
