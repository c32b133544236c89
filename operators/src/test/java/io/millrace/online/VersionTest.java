package io.millrace.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

  @Test
  void shouldReadWhatItWrites() {
    for (Version version :
        new Version[] {
          new Version(0, 0),
          new Version(1_357_016_400_123L, 7),
          new Version(-1, 1L << 53),
          new Version(Long.MAX_VALUE, Long.MAX_VALUE)
        }) {
      assertThat(Version.parse(version.toBytes())).isEqualTo(version);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "-:1", "1", "1:", ":1", "1:-1", "+1:1", "1:1 ", "1:2:3", "1e3:1", "٣:1"})
  void shouldRefuseWhatIsNone(String text) {
    assertThatThrownBy(() -> Version.parse(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"" + text + "\" is not a version; expected <event time millis>:<revision>");
  }

  @Test
  void shouldRefuseANumberThatIsTooLarge() {
    assertThatThrownBy(
            () -> Version.parse("1:9223372036854775808".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
