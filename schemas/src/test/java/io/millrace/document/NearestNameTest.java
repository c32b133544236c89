package io.millrace.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  private static final List<String> NAMES =
      List.of("aggregations", "entity", "hop", "where", "window", "windows");

  @ParameterizedTest
  @CsvSource({
    "agregations, aggregations",
    "entitiy, entity",
    "hpo, hop",
    "Where, where",
    "widnow, window",
    "windws, windows"
  })
  void shouldFindWhatWasMeant(String written, String meant) {
    assertThat(NearestName.of(written, NAMES)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"x", "drift", "embeddings", "abc"})
  void shouldNotGuessWildly(String written) {
    assertThat(NearestName.of(written, NAMES)).isEmpty();
  }

  @Test
  void shouldCountEditsAndSwaps() {
    assertThat(NearestName.distance("", "abc")).isEqualTo(3);
    assertThat(NearestName.distance("abc", "acb")).isEqualTo(1);
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.distance("same", "same")).isZero();
  }
}
