package io.millrace.pipeline;

import java.util.Locale;

/** The statistics by which a monitor can hold a column against its reference. */
public enum DriftStatistic {
  /** Population stability index. */
  PSI,
  /** Two-sample Kolmogorov-Smirnov distance. */
  KS,
  /** Wasserstein-1 distance in standard deviations of the reference. */
  WASSERSTEIN,
  JENSEN_SHANNON,
  HELLINGER,
  /** Chi-square test of homogeneity, rare categories pooled. */
  CHI2,
  /** Likelihood-ratio test of homogeneity. */
  G_TEST,
  /** Shift of the mean in standard deviations of the reference. */
  MEAN,
  /** Change of the share of nulls. */
  NULL_RATE,
  /** Share of values that the reference does not have. */
  NEW_CATEGORY,
  /** Cosine distance of the mean vectors. */
  COSINE,
  /** Energy distance of vectors. */
  ENERGY;

  /** The name used in pipeline files and results, for example {@code g_test}. */
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
