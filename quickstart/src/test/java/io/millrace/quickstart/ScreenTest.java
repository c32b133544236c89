package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Screen screen = Screen.plain(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @Test
  void shouldAlignWordsToTheLeftAndNumbersToTheRight() {
    screen.table(
        List.of("carrier", "departures", "last_dest"),
        List.of(List.of("UA", "1,234", "SFO"), List.of("B6", "7", "-")));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
                carrier  departures  last_dest
                UA            1,234  SFO
                B6                7  -
            """);
  }

  @Test
  void shouldPrintNoControlCharactersWhereThereIsNoTerminal() {
    screen.title("Millrace", "flights");
    screen.progress(0.5, "half of it");
    screen.done("Kafka", "127.0.0.1:9092");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .doesNotContain("\u001b", "\r")
        .contains("✓ Kafka")
        .contains("50%  half of it");
  }
}
