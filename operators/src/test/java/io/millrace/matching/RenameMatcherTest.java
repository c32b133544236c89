package io.millrace.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.FieldEvidence;
import io.millrace.inference.FieldProfile;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class RenameMatcherTest {
  private static final Random DELAYS = new Random(1);
  private static final FieldCandidate DEP_DELAY =
      FieldCandidate.known(
          "dep_delay_minutes",
          new IntType(),
          values(500, i -> "" + (int) (DELAYS.nextGaussian() * 20 + 5)));
  private static final FieldCandidate TAILNUM =
      FieldCandidate.known(
          "tailnum", VarCharType.STRING_TYPE, values(500, i -> "\"N" + (10000 + i * 7) + "\""));

  private final RenameMatcher matcher = new RenameMatcher();

  @Test
  void shouldMatchEachFieldWithItsSuccessor() {
    Random random = new Random(2);
    FieldCandidate departureDelay =
        FieldCandidate.unknown(
            "departureDelayMin", values(80, i -> "" + (int) (random.nextGaussian() * 20 + 5)));
    FieldCandidate tailNumber =
        FieldCandidate.unknown("tail_number", values(80, i -> "\"N" + (10001 + i * 9) + "\""));

    List<RenameSuggestion> suggestions =
        matcher.suggest(List.of(DEP_DELAY, TAILNUM), List.of(tailNumber, departureDelay));

    assertThat(suggestions)
        .extracting(it -> it.from() + " -> " + it.to())
        .containsExactlyInAnyOrder(
            "dep_delay_minutes -> departureDelayMin", "tailnum -> tail_number");
    assertThat(suggestions).allMatch(it -> it.confidence() > 0.9);
    assertThat(suggestions.get(0).reasons()).isNotEmpty();
  }

  @Test
  void shouldSuggestNothingForAFieldThatIsGone() {
    FieldCandidate weather =
        FieldCandidate.unknown(
            "weather_station_open", values(80, i -> i % 2 == 0 ? "true" : "false"));
    assertThat(matcher.suggest(List.of(DEP_DELAY, TAILNUM), List.of(weather))).isEmpty();
    assertThat(matcher.suggest(List.of(DEP_DELAY), List.of())).isEmpty();
    assertThat(matcher.suggest(List.of(), List.of(weather))).isEmpty();
  }

  @Test
  void shouldDoubtWhenTwoCandidatesLookAlike() {
    FieldCandidate one =
        FieldCandidate.unknown("tail_number", values(80, i -> "\"N" + (10001 + i * 9) + "\""));
    FieldCandidate other =
        FieldCandidate.unknown("tail_num", values(80, i -> "\"N" + (10002 + i * 9) + "\""));

    List<RenameSuggestion> suggestions = matcher.suggest(List.of(TAILNUM), List.of(one, other));

    assertThat(suggestions).hasSize(1);
    assertThat(suggestions.get(0).confidence()).isLessThan(0.8);
  }

  @Test
  void shouldWorkWithoutAnyValues() {
    List<RenameSuggestion> suggestions =
        matcher.suggest(
            List.of(
                FieldCandidate.known("cancelled", new BooleanType(), FieldEvidence.none()),
                FieldCandidate.known("seats", new BigIntType(), FieldEvidence.none())),
            List.of(FieldCandidate.unknown("is_canceled", values(3, i -> "true"))));
    assertThat(suggestions).extracting(RenameSuggestion::from).containsExactly("cancelled");
  }

  @Test
  void shouldNotBeSureByValuesAlone() {
    FieldCandidate score = FieldCandidate.unknown("zzz", TAILNUM.evidence());
    List<RenameSuggestion> suggestions = matcher.suggest(List.of(TAILNUM), List.of(score));
    assertThat(suggestions).hasSize(1);
    assertThat(suggestions.get(0).confidence()).isBetween(0.3, 0.85);
  }

  @Test
  void shouldDoubtNamesThatExcludeEachOtherAndTypesThatDoNotFit() {
    FieldCandidate arrival = FieldCandidate.unknown("arr_delay_minutes", DEP_DELAY.evidence());
    FieldCandidate nested =
        FieldCandidate.unknown("dep_delay_minutes_v2", values(80, i -> "{\"value\":" + i + "}"));
    assertThat(matcher.suggest(List.of(DEP_DELAY), List.of(arrival)))
        .allMatch(it -> it.confidence() <= 0.5);
    assertThat(matcher.suggest(List.of(DEP_DELAY), List.of(nested)))
        .allMatch(it -> it.confidence() <= 0.3);
  }

  private static FieldEvidence values(int count, IntFunction<String> value) {
    FieldProfile profile = new FieldProfile();
    for (int i = 0; i < count; i++) {
      profile.observe(value.apply(i), i);
    }
    return profile.evidence();
  }
}
