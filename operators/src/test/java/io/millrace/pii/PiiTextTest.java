package io.millrace.pii;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PiiTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ada@example.org | xxx@xxxxxxx.xxx",
        "write to ada.l@example.org. | write to xxx.x@xxxxxxx.xxx.",
        "Ada <ada@example.org>, Bob | Ada <xxx@xxxxxxx.xxx>, Bob",
        "email:ada@example.org | email:xxx@xxxxxxx.xxx",
        "(ada@example.org) | (xxx@xxxxxxx.xxx)",
        "call +49 30 1234567 today | call +99 99 9999999 today",
        "call (212) 555-0123, please | call (999) 999-9999, please",
        "card 4111 1111 1111 1111 expires | card 9999 9999 9999 9999 expires",
        "pay DE89 3704 0044 0532 0130 00 now | pay XX99 9999 9999 9999 9999 99 now",
        "SSN: 123-45-6789 | SSN: 999-99-9999",
        "from 192.168.1.20:8080 refused | from 999.999.9.99:8080 refused",
        "http://192.168.1.20/a | http://999.999.9.99/a",
      })
  void shouldMaskWhatIsPersonalAndLeaveTheRest(String text, String masked) {
    assertThat(PiiText.mask(text)).isEqualTo(masked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flight UA 1545 to IAH at 05:15",
        "2013-01-01 06:00 N14228 delayed by 120 minutes",
        "order 1234567890 of 3 items @ 5 each",
        "version 10.2 (build 7): done"
      })
  void shouldLeaveWhatIsNot(String text) {
    assertThat(PiiText.mask(text)).isEqualTo(text);
  }

  @Test
  void shouldMaskALongTextToItsEnd() {
    String text = "x".repeat(10_000) + " ada@example.org";
    assertThat(PiiText.mask(text)).endsWith(" xxx@xxxxxxx.xxx").hasSize(text.length());
    assertThat(Mask.maskWhole("Ünïcode 😀 42" + "a".repeat(60)))
        .isEqualTo("Xxxxxxx x 99" + "x".repeat(60));
  }
}
