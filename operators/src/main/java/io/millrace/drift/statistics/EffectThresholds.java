package io.millrace.drift.statistics;

/**
 * How large a difference must be to matter. A difference can be certain and yet harmless: with a
 * million rows everything is significant.
 *
 * <p>One number sets all: the PSI of a shift. A normal distribution whose mean moves by d standard
 * deviations has, to the first order, a PSI of d<sup>2</sup>, a KS distance of 2 Phi(d/2) - 1, a
 * normalised Wasserstein distance of d, a Jensen-Shannon and a Hellinger distance of d / sqrt(8),
 * and an effect size w of d; rates are compared by Cohen's h, which has the scale of d. So a PSI of
 * 0.25 (the usual band of "large") goes with a KS distance of 0.20, and 0.1 ("moderate") with 0.13.
 *
 * @param psi greater than 0
 */
public record EffectThresholds(double psi) {
  /** "Moderate" in the bands of credit scoring: none below 0.1, moderate to 0.25, large above. */
  public static final EffectThresholds MODERATE = new EffectThresholds(0.1);

  public static final EffectThresholds LARGE = new EffectThresholds(0.25);

  /** A shift by a twentieth of a standard deviation: finds what is there, important or not. */
  public static final EffectThresholds SENSITIVE = new EffectThresholds(0.0025);

  public EffectThresholds {
    if (!(psi > 0)) {
      throw new IllegalArgumentException("a PSI threshold is greater than 0, not " + psi);
    }
  }

  /** The shift, in standard deviations, all thresholds come from. */
  public double shift() {
    return Math.sqrt(psi);
  }

  /** The least {@link Measure#effect} that matters. */
  public double of(Statistic statistic) {
    double shift = shift();
    return switch (statistic) {
      case PSI -> psi;
      case KS -> 2 * Tails.normalBelow(shift / 2) - 1;
      case JENSEN_SHANNON, HELLINGER -> shift / Math.sqrt(8);
      case WASSERSTEIN, MEAN, CHI_SQUARE, G_TEST, NULL_RATE, NEW_CATEGORY, ENERGY -> shift;
      case COSINE -> psi / 2;
    };
  }
}
