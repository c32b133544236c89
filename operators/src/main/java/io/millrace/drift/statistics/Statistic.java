package io.millrace.drift.statistics;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be computed about a column. Each is defined in {@link ColumnStatistics}. */
public enum Statistic {
  PSI("psi"),
  KS("ks"),
  WASSERSTEIN("wasserstein"),
  JENSEN_SHANNON("jensen_shannon"),
  HELLINGER("hellinger"),
  CHI_SQUARE("chi2"),
  G_TEST("g_test"),
  MEAN("mean"),
  NULL_RATE("null_rate"),
  NEW_CATEGORY("new_category"),
  COSINE("cosine"),
  ENERGY("energy");

  private final String fileName;

  Statistic(String fileName) {
    this.fileName = fileName;
  }

  /** As files and records write it. */
  public String fileName() {
    return fileName;
  }

  public static Optional<Statistic> ofFileName(String name) {
    return Stream.of(values())
        .filter(statistic -> statistic.fileName.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** Whether it is defined for columns of this kind. */
  public boolean suits(ColumnKind kind) {
    return switch (this) {
      case KS, WASSERSTEIN, MEAN -> kind == ColumnKind.NUMBER;
      case NEW_CATEGORY -> kind == ColumnKind.CATEGORY;
      case COSINE, ENERGY -> kind == ColumnKind.VECTOR;
      case NULL_RATE -> true;
      default -> kind != ColumnKind.VECTOR;
    };
  }

  /**
   * Whether it is among those a column is held to where nothing is said. The rest says nothing
   * these do not say: G, Jensen-Shannon and Hellinger are PSI to the first order, and the mean is
   * far less robust.
   */
  public boolean isUsual() {
    return switch (this) {
      case PSI, KS, WASSERSTEIN, CHI_SQUARE, NULL_RATE, NEW_CATEGORY, COSINE, ENERGY -> true;
      default -> false;
    };
  }
}
