package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicatesReaderTest {

  private static PipelineFile file(String duplicates) {
    return PipelineFixture.with(
        "embeddings:\n  v: {source: planes, text: '{{model}}', duplicates: " + duplicates + "}\n",
        Map.of());
  }

  private static DuplicatesSpec only(String duplicates) {
    PipelineFile file = file(duplicates);
    assertThat(file.problems()).isEmpty();
    return file.pipeline().embeddings().get(0).duplicates().orElseThrow();
  }

  @Test
  void shouldTakeSimilarityForTheScoreWhereNoFieldsAreCompared() {
    DuplicatesSpec spec = only("{threshold: 0.93}");

    assertThat(spec.threshold()).isEqualTo(0.93);
    assertThat(spec.review()).isEqualTo(0.93);
    assertThat(spec.compare()).isEmpty();
    assertThat(spec.blocks()).isEmpty();
    assertThat(spec.neighbours()).isEqualTo(new DuplicatesSpec.Neighbours(10, 0.93, false));
    assertThat(spec.largestBlock()).isEqualTo(200);
    assertThat(spec.largestCluster()).isEqualTo(100);
    assertThat(spec.settle()).isEqualTo(Duration.ofSeconds(10));
    assertThat(spec.keep()).isZero();
    assertThat(spec.writeBack()).isFalse();
    assertThat(only("{threshold: 0.93, review: 0.85}").neighbours().similarity()).isEqualTo(0.85);
  }

  @Test
  void shouldReadEverythingThatIsWritten() {
    DuplicatesSpec spec =
        only(
            "{threshold: 0.95, review: 0.6, compare: {manufacturer: {by: jaro_winkler, agree: 5, disagree: -2.5}, model: {by: code, agree: 6, disagree: -4}, year: {by: number, agree: 3, disagree: -1}},"
                + " block: [model, 'soundex(manufacturer) + prefix(model, 3)'], neighbours: {limit: 5, similarity: 0.7, exact: true, weigh: true},"
                + " largest_block: 50, largest_cluster: 20, settle: 1m, keep: 30d, write_back: true}");

    assertThat(spec.compare())
        .containsExactly(
            new ComparedField(
                "manufacturer",
                FieldComparator.JARO_WINKLER,
                Optional.of(new ComparedField.Weights(5, -2.5))),
            new ComparedField(
                "model", FieldComparator.CODE, Optional.of(new ComparedField.Weights(6, -4))),
            new ComparedField(
                "year", FieldComparator.NUMBER, Optional.of(new ComparedField.Weights(3, -1))));
    assertThat(spec.hasWeights()).isTrue();
    assertThat(spec.blocks())
        .extracting(BlockingRule::toString)
        .containsExactly("model", "soundex(manufacturer) + prefix(model, 3)");
    assertThat(spec.neighbours()).isEqualTo(new DuplicatesSpec.Neighbours(5, 0.7, true, true));
    assertThat(spec.largestBlock()).isEqualTo(50);
    assertThat(spec.largestCluster()).isEqualTo(20);
    assertThat(spec.settle()).isEqualTo(Duration.ofMinutes(1));
    assertThat(spec.keep()).isEqualTo(Duration.ofDays(30));
    assertThat(spec.writeBack()).isTrue();
  }

  static Stream<List<String>> mistakes() {
    return Stream.of(
        List.of("{threshold: 0}", "found the number \"0\", expected a number above 0, at most 1"),
        List.of(
            "{threshold: 0.7, review: 0.8}",
            "found a score for review of 0.8 above the threshold 0.7"),
        List.of("{compare: {modell: exact}}", "found the field \"modell\", which contract planes"),
        List.of(
            "{compare: {model: fuzzy}}", "found the text \"fuzzy\", expected exact, jaro_winkler"),
        List.of("{compare: {model: {by: exat}}}", "expected one of exact, jaro_winkler"),
        List.of("{compare: {model: {by: exact, agree: 3}}}", "found agree without disagree"),
        List.of(
            "{compare: {model: {by: exact, agree: 3, disagree: 3}}}",
            "expected a number below 0, at least -30"),
        List.of(
            "{compare: {model: {by: exact, agree: 3, disagree: -3}, type: exact}}",
            "found weights for 1 of 2 fields, expected weights for all fields, or for none"),
        List.of(
            "{compare: {seats: date, model: exact}, block: ['year(model) + yeer(type)']}",
            "found the unknown form \"yeer\""),
        List.of(
            "{compare: {model: exact}, block: ['soundex(model']}", "found \"soundex(model\" in"),
        List.of(
            "{compare: {model: exact}, block: ['prefix(model)']}", "found a prefix without its"),
        List.of(
            "{compare: {model: exact}, block: [modell]}", "the field \"modell\", which contract"),
        List.of(
            "{compare: {model: exact}, block: [year]}",
            "found the field \"year\", which is not compared, expected one of model"),
        List.of("{block: [model]}", "found block without compare"),
        List.of("{neighbours: {limit: 0}}", "found neither neighbours nor block"),
        List.of("{neighbors: {limit: 3}}", "found the unknown key \"neighbors\""));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void shouldNameTheMistakeAndItsCure(List<String> mistake) {
    assertThat(file(mistake.get(0)).problems())
        .extracting(Problem::toString)
        .anySatisfy(problem -> assertThat(problem).contains(mistake.get(1)));
  }

  @Test
  void shouldReportAllMistakesAtOnce() {
    assertThat(
            file("{compare: {a: exact, b: exact}, block: [c, 'month_and_day(d)'], review: 0.99}")
                .problems())
        .hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model",
        "soundex(model) + year(built) + longest_word(street)",
        "prefix(zip, 2) + month_and_day(born)"
      })
  void shouldWriteARuleAsItWasRead(String rule) {
    assertThat(BlockingRule.parse(rule)).hasToString(rule);
    assertThat(BlockingRule.parse(rule.replace(" ", ""))).isEqualTo(BlockingRule.parse(rule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "model +", "soundex()", "soundex(a, 3)", "prefix(a, 0)", "a b"})
  void shouldRefuseWhatIsNoRule(String rule) {
    assertThatThrownBy(() -> BlockingRule.parse(rule)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTravelWithAJob() throws Exception {
    DuplicatesSpec spec =
        only(
            "{compare: {model: {by: exact, agree: 3, disagree: -3}}, block: ['prefix(model, 2)']}");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
    }
  }
}
