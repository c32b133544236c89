package io.millrace.drift.statistics;

/**
 * The Wasserstein-1 (earth mover's) distance: the area between two distribution functions
 * (Vallender, 1974), in the unit of the values.
 */
final class Wasserstein {
  /** The p-value looks at every so-many-th edge at most, which bounds its cost. */
  private static final int MAX_POINTS = 32;

  private Wasserstein() {}

  /** Over two samples, exactly. */
  static double distance(double[] sortedReference, double[] sortedCurrent) {
    int n = sortedReference.length;
    int m = sortedCurrent.length;
    int i = 0;
    int j = 0;
    double area = 0;
    double before = Math.min(sortedReference[0], sortedCurrent[0]);
    while (i < n || j < m) {
      double left = i < n ? sortedReference[i] : Double.POSITIVE_INFINITY;
      double right = j < m ? sortedCurrent[j] : Double.POSITIVE_INFINITY;
      double value = Math.min(left, right);
      area += (value - before) * Math.abs((double) i / n - (double) j / m);
      before = value;
      while (i < n && sortedReference[i] <= value) {
        i++;
      }
      while (j < m && sortedCurrent[j] <= value) {
        j++;
      }
    }
    return area;
  }

  /**
   * Over counts on a grid: between edges the distributions are taken as straight lines; what lies
   * beyond the reference's range counts with its true distance.
   */
  static double distance(WindowCounts reference, WindowCounts current) {
    double n = reference.values();
    double m = current.values();
    double beyond =
        Math.abs(reference.distanceBelow() / n - current.distanceBelow() / m)
            + Math.abs(reference.distanceAbove() / n - current.distanceAbove() / m);
    return within(reference, current) + beyond;
  }

  /** The part of the distance that lies within the reference's range: an outlier adds nothing. */
  static double within(WindowCounts reference, WindowCounts current) {
    NumberGrid grid = (NumberGrid) reference.grid();
    double n = reference.values();
    double m = current.values();
    double area = 0;
    double difference = reference.count(0) / n - current.count(0) / m;
    for (int bin = 1; bin < grid.overflowBin(); bin++) {
      double next = difference + reference.count(bin) / n - current.count(bin) / m;
      // A single value is a step, and before it nothing happens.
      if (!grid.isSingleValue(bin)) {
        double width = grid.upper(bin) - grid.lower(bin);
        area += width * meanOfAbsolute(difference, next);
      }
      difference = next;
    }
    return area;
  }

  /** Mean of |x| along the straight line from a to b. */
  private static double meanOfAbsolute(double a, double b) {
    if (a * b >= 0) {
      return (Math.abs(a) + Math.abs(b)) / 2;
    }
    return (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
  }

  /**
   * How far the distance on the grid can be from that of the values: in a bin a distribution leaves
   * the straight line by no more than half its share times the width.
   */
  static double errorBound(WindowCounts reference, WindowCounts current) {
    NumberGrid grid = (NumberGrid) reference.grid();
    double n = reference.values();
    double m = current.values();
    double bound = 0;
    for (int bin = 1; bin < grid.overflowBin(); bin++) {
      if (!grid.isSingleValue(bin)) {
        double shares = reference.count(bin) / n + current.count(bin) / m;
        bound += (grid.upper(bin) - grid.lower(bin)) * shares / 2;
      }
    }
    // Sums in fixed point are off by half a step a value.
    return bound + Math.ulp(grid.standardDeviation()) + grid.standardDeviation() * 0x1p-29;
  }

  /**
   * P-value of the distance within the range. Without drift the difference of the distributions at
   * the edges is a Brownian bridge over the pooled distribution times sqrt(1/n + 1/m). Mean and
   * variance of the sum of its absolute values, weighted with widths, are known in closed form
   * (E|XY| of two correlated normal variables), and a gamma distribution with these stands for its
   * own. O(32^2).
   */
  static double pValue(WindowCounts reference, WindowCounts current) {
    NumberGrid grid = (NumberGrid) reference.grid();
    double n = reference.values();
    double m = current.values();
    int edges = grid.overflowBin();
    int step = Math.max(1, (edges + MAX_POINTS - 1) / MAX_POINTS);
    int points = (edges + step - 1) / step;
    double[] pooled = new double[points];
    double[] difference = new double[points];
    double[] place = new double[points];
    double left = 0;
    double right = 0;
    for (int bin = 0; bin < edges; bin++) {
      left += reference.count(bin);
      right += current.count(bin);
      if (bin % step == 0) {
        pooled[bin / step] = (left + right) / (n + m);
        difference[bin / step] = Math.abs(left / n - right / m);
        place[bin / step] = grid.upper(bin);
      }
    }
    double[] weight = new double[points];
    double observed = 0;
    double mean = 0;
    for (int i = 0; i < points; i++) {
      double from = place[Math.max(0, i - 1)];
      double to = place[Math.min(points - 1, i + 1)];
      weight[i] = (to - from) / 2 * Math.sqrt(pooled[i] * (1 - pooled[i]));
      observed += (to - from) / 2 * difference[i];
      mean += weight[i] * Math.sqrt(2 / Math.PI);
    }
    if (!(mean > 0)) {
      return observed > 0 ? 0 : 1;
    }
    double square = 0;
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < i; j++) {
        square += 2 * weight[i] * weight[j] * meanOfProduct(pooled[j], pooled[i]);
      }
      square += weight[i] * weight[i];
    }
    double variance = Math.max(square - mean * mean, mean * mean * 1e-6);
    double scaled = observed / Math.sqrt(1 / n + 1 / m);
    return Tails.gammaAbove(mean * mean / variance, scaled * mean / variance);
  }

  /** E|XY| of the standardised bridge at two pooled shares, the smaller first. */
  private static double meanOfProduct(double low, double high) {
    double spread = low * (1 - low) * high * (1 - high);
    double correlation = spread > 0 ? Math.min(1, low * (1 - high) / Math.sqrt(spread)) : 0;
    return (Math.sqrt(1 - correlation * correlation) + correlation * Math.asin(correlation))
        * (2 / Math.PI);
  }
}
