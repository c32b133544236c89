package io.millrace.drift.statistics;

import io.millrace.sketch.Hash64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Drift of vectors, without a classifier and without assumptions about their distribution.
 *
 * <ul>
 *   <li>Cosine: 1 - cos of the angle between the exact means; its p-value is that of the distance
 *       of the sampled means.
 *   <li>Energy distance, 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo, "Energy
 *       statistics", 2013), over the samples, without bias; zero if and only if the distributions
 *       are the same. The value is its share of 2 E|X - Y|, and the effect, twice the root of that,
 *       is about the shift in standard deviations when every dimension moves by as much.
 * </ul>
 *
 * <p>Both p-values are by {@value #PERMUTATIONS} permutations of the pooled samples, always the
 * same ones, and so not below 1/{@code 1000}. Costs some 50 ms for twice 200 vectors of 384
 * dimensions.
 */
public final class VectorDrift {
  private static final int PERMUTATIONS = 999;
  private static final int FEWEST = 10;

  private VectorDrift() {}

  /**
   * Compares two samples of vectors of one dimension.
   *
   * @return measures of both, and the null rate, for which invalid vectors count as missing; of
   *     fewer than ten sampled vectors only the null rate
   */
  public static ColumnDrift compare(VectorSample reference, VectorSample current) {
    if (reference.dimension() != current.dimension()) {
      throw new IllegalArgumentException(
          "vectors of dimension %d and %d are not comparable"
              .formatted(reference.dimension(), current.dimension()));
    }
    List<Measure> measures = new ArrayList<>();
    if (reference.rows() > 0 && current.rows() > 0) {
      measures.add(
          ColumnStatistics.nullRate(
              reference.nulls() + reference.invalid(),
              reference.rows(),
              current.nulls() + current.invalid(),
              current.rows()));
    }
    if (Math.min(reference.vectors().size(), current.vectors().size()) >= FEWEST) {
      float[][] pooled = pooled(reference, current);
      int size = reference.vectors().size();
      int[][] permutations = permutations(size, pooled.length);
      double cosine = 1 - cosine(reference.mean(), current.mean());
      measures.add(
          new Measure(
              Statistic.COSINE,
              cosine,
              cosine,
              pValue(new Pairs(pooled, size, VectorDrift::minusDot), permutations),
              0));
      Pairs distances = new Pairs(pooled, size, VectorDrift::distance);
      double share = distances.share(distances.observed());
      measures.add(
          new Measure(
              Statistic.ENERGY,
              share,
              2 * Math.sqrt(Math.max(0, share)),
              pValue(distances, permutations),
              0));
    }
    return new ColumnDrift(ColumnKind.VECTOR, reference.rows(), current.rows(), measures);
  }

  private static float[][] pooled(VectorSample reference, VectorSample current) {
    List<float[]> all = new ArrayList<>(reference.vectors());
    all.addAll(current.vectors());
    return all.toArray(new float[0][]);
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    if (squaresA == 0 || squaresB == 0) {
      return squaresA == squaresB ? 1 : 0;
    }
    return Math.max(-1, Math.min(1, dot / Math.sqrt(squaresA * squaresB)));
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  /** With it the same formula is, up to a factor, the squared distance of the means. */
  private static double minusDot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return -dot;
  }

  private static double pValue(Pairs pairs, int[][] permutations) {
    double observed = pairs.statistic(pairs.observed());
    int asLarge = 0;
    for (int[] members : permutations) {
      // As large but for a rounding is as large.
      asLarge += pairs.statistic(members) >= observed - 1e-12 * Math.abs(observed) ? 1 : 0;
    }
    return (1.0 + asLarge) / (1 + permutations.length);
  }

  /** Members of the first group in each permutation, from a generator of its own. */
  private static int[][] permutations(int size, int all) {
    int[][] permutations = new int[PERMUTATIONS][];
    int[] order = new int[all];
    for (int i = 0; i < all; i++) {
      order[i] = i;
    }
    long state = 0;
    for (int permutation = 0; permutation < PERMUTATIONS; permutation++) {
      for (int i = 0; i < size; i++) {
        long random = Hash64.of(state++);
        int other = i + (int) Math.multiplyHigh(random >>> 1, 2L * (all - i));
        int swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
      }
      permutations[permutation] = Arrays.copyOf(order, size);
    }
    return permutations;
  }

  private interface Kernel {
    double of(float[] a, float[] b);
  }

  /**
   * A kernel over all pairs of the pooled vectors, of which the first {@code size} are one group.
   */
  private static final class Pairs {
    private final int size;
    private final double[][] kernel;
    private final double[] rows;
    private final double total;

    Pairs(float[][] vectors, int size, Kernel of) {
      this.size = size;
      this.kernel = new double[vectors.length][vectors.length];
      this.rows = new double[vectors.length];
      double sum = 0;
      for (int i = 0; i < vectors.length; i++) {
        for (int j = 0; j < i; j++) {
          double value = of.of(vectors[i], vectors[j]);
          kernel[i][j] = value;
          kernel[j][i] = value;
          rows[i] += value;
          rows[j] += value;
          sum += 2 * value;
        }
      }
      this.total = sum;
    }

    int[] observed() {
      int[] members = new int[size];
      Arrays.setAll(members, i -> i);
      return members;
    }

    /** Means of the kernel between the groups, within the first, and within the second. */
    private double[] means(int[] members) {
      double within = 0;
      double ofMembers = 0;
      for (int i : members) {
        ofMembers += rows[i];
        double[] row = kernel[i];
        for (int j : members) {
          within += row[j];
        }
      }
      double n = members.length;
      double m = rows.length - n;
      double between = ofMembers - within;
      double withinOthers = total - 2 * ofMembers + within;
      return new double[] {between / (n * m), within / (n * (n - 1)), withinOthers / (m * (m - 1))};
    }

    double statistic(int[] members) {
      double[] means = means(members);
      return 2 * means[0] - means[1] - means[2];
    }

    double share(int[] members) {
      double[] means = means(members);
      return means[0] == 0 ? 0 : (2 * means[0] - means[1] - means[2]) / (2 * means[0]);
    }
  }
}
