package io.millrace.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

  private static final Environment ENVIRONMENT =
      new Environment(Map.of("HOST", "db", "EMPTY", "", "PORT", "5433"));

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "${HOST}, db",
    "${HOST:-localhost}, db",
    "${MISSING:-localhost}, localhost",
    "${EMPTY:-localhost}, localhost",
    "a${EMPTY}b, ab",
    "${HOST}:${PORT:-5432}/x, db:5433/x",
    "${MISSING:-redis://localhost:6379}, redis://localhost:6379",
    "$${HOST}, ${HOST}",
    "costs $5 {a}, costs $5 {a}"
  })
  void shouldReplaceVariables(String text, String expected) {
    Environment.Resolved resolved = ENVIRONMENT.resolve(text);

    assertThat(resolved.value()).isEqualTo(expected);
    assertThat(resolved.isComplete()).isTrue();
  }

  @Test
  void shouldNameMissingVariables() {
    assertThat(ENVIRONMENT.resolve("${A}:${B}:${HOST}").missing()).containsExactly("A", "B");
  }

  @ParameterizedTest
  @CsvSource({"${HOST", "${HOST-x}", "${}", "${1A}", "a ${HOST} ${"})
  void shouldNotTakeMalformedPlaceholdersForText(String text) {
    assertThat(ENVIRONMENT.resolve(text).malformed()).hasSize(1);
  }

  @Test
  void shouldTellWhatTheFileItselfContributes() {
    assertThat(ENVIRONMENT.resolve("${HOST}").writtenOut()).isEmpty();
    assertThat(ENVIRONMENT.resolve("${HOST:-x}").writtenOut()).isEqualTo("x");
    assertThat(ENVIRONMENT.resolve("a${HOST}b").writtenOut()).isEqualTo("ab");
    assertThat(ENVIRONMENT.resolve("plain").writtenOut()).isEqualTo("plain");
  }

  @Test
  void shouldNotReplaceWhatAVariableHolds() {
    Environment nested = new Environment(Map.of("A", "${B}", "B", "b"));

    assertThat(nested.resolve("${A}").value()).isEqualTo("${B}");
  }

  @Test
  void shouldLetOverridesWin() {
    assertThat(ENVIRONMENT.with(Map.of("HOST", "other")).resolve("${HOST}").value())
        .isEqualTo("other");
  }
}
