package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DivergencesTest {

  /**
   * The worked example of geeksforgeeks.org, "Population Stability Index": incomes of two years in
   * three bands. Term by term: 0.0067 + 0.0091 + 0.0288.
   */
  @Test
  void shouldGiveThePsiOfAPublishedExample() {
    BinTable incomes =
        BinTable.of(new long[] {4_000, 3_000, 3_000}, new long[] {3_500, 2_500, 4_000});
    assertThat(Divergences.psi(incomes)).isCloseTo(0.0446, within(5e-5));
  }

  /** Two bands that change places: 2 x 0.4 x ln(7 / 3). */
  @Test
  void shouldBeTheSameWhicheverOfTheTwoIsTheReference() {
    long[] one = {300, 700};
    long[] other = {700, 300};
    assertThat(Divergences.psi(BinTable.of(one, other)))
        .isEqualTo(Divergences.psi(BinTable.of(other, one)))
        .isCloseTo(0.8 * Math.log(7.0 / 3), within(1e-12));
  }

  /** Half a value stands for none, so that the index stays finite. */
  @Test
  void shouldStayFiniteWhenABandIsEmpty() {
    BinTable table = BinTable.of(new long[] {50, 50}, new long[] {100, 0});
    assertThat(Divergences.psi(table))
        .isCloseTo(
            (0.5 - 1) * Math.log(0.5 / 1) + (0.5 - 0.005) * Math.log(0.5 / 0.005), within(1e-12));
  }
}
