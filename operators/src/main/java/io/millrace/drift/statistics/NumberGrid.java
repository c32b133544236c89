package io.millrace.drift.statistics;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Quantile bins over numbers: as many cells as fit 1/bins of the reference, and fewer in the tails,
 * where shares double from 1/4096 on (a long tail in one bin would blur the Wasserstein distance).
 * With the edges e0 &lt; e1 &lt; ... &lt; eB, bin 0 holds what lies below the reference (x &le; e0,
 * where e0 is the double before its smallest value), bin i holds e(i-1) &lt; x &le; ei, and bin B+1
 * what lies above its greatest value eB.
 *
 * <p>Half-open bins make the KS distance at the edges exact, and let a heavy single value v have
 * the bin from the double before it to itself.
 *
 * <p>Bytes: variable-length number of edges, the edges, the mean and the standard deviation as
 * doubles.
 */
public final class NumberGrid extends Grid {
  private static final int MIN_BINS = 2;
  private static final int MAX_BINS = 4096;

  /** Least share of a bin in the tails. */
  private static final double LEAST_SHARE = 1.0 / 4096;

  private final double[] edges;
  private final double mean;
  private final double standardDeviation;
  private final long id;

  private NumberGrid(double[] edges, double mean, double standardDeviation) {
    this.edges = edges;
    this.mean = mean;
    this.standardDeviation = standardDeviation;
    long hash = Hash64.of(edges.length);
    for (double edge : edges) {
      hash = Hash64.of(hash ^ Double.doubleToLongBits(edge));
    }
    hash = Hash64.of(hash ^ Double.doubleToLongBits(mean));
    this.id = Hash64.of(hash ^ Double.doubleToLongBits(standardDeviation));
  }

  static NumberGrid of(double[] lowest, double[] highest, long[] counts, int bins) {
    if (bins < MIN_BINS || bins > MAX_BINS) {
      throw new IllegalArgumentException(
          "a grid has " + MIN_BINS + " to " + MAX_BINS + " bins, not " + bins);
    }
    checkCells(lowest, highest, counts);
    long total = Arrays.stream(counts).sum();
    if (total == 0) {
      return new NumberGrid(new double[0], 0, 0);
    }
    // Two neighbours hold more than one step, each heavy value may have a gap before it, and the
    // two tails have bins of shares that double.
    double[] edges = new double[4 * bins + 64];
    int size = 0;
    double step = (double) total / bins;
    long closed = 0;
    long open = 0;
    double end = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      if (counts[cell] == 0) {
        continue;
      }
      boolean heavy = lowest[cell] == highest[cell] && counts[cell] >= step;
      double outside = Math.min(closed, (total - closed) / 2.0);
      double room = Math.min(step, Math.max(outside, total * LEAST_SHARE));
      if (open > 0 && open + counts[cell] > room) {
        edges[size++] = end;
        closed += open;
        open = 0;
      }
      // What lies between the bin before and a heavy value is not that value: it has its own bin.
      if (size == 0 && open == 0 || heavy && edges[size - 1] < Math.nextDown(lowest[cell])) {
        edges[size++] = Math.nextDown(lowest[cell]);
      }
      open += counts[cell];
      end = highest[cell];
      if (heavy) {
        edges[size++] = end;
        closed += open;
        open = 0;
      }
    }
    if (open > 0) {
      edges[size++] = end;
    }
    double mean = mean(lowest, highest, counts);
    return new NumberGrid(
        Arrays.copyOf(edges, size), mean, deviation(lowest, highest, counts, total, mean));
  }

  private static void checkCells(double[] lowest, double[] highest, long[] counts) {
    if (lowest.length != highest.length || lowest.length != counts.length) {
      throw new IllegalArgumentException("cells have as many borders as counts");
    }
    double before = Double.NEGATIVE_INFINITY;
    for (int cell = 0; cell < counts.length; cell++) {
      boolean ordered = lowest[cell] > before && lowest[cell] <= highest[cell];
      if (!ordered || counts[cell] < 0 || highest[cell] == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "cells are finite, ascending, disjoint and counted from 0 on; cell "
                + cell
                + " is ["
                + lowest[cell]
                + ", "
                + highest[cell]
                + "] x "
                + counts[cell]);
      }
      before = highest[cell];
    }
  }

  static double middle(double lowest, double highest) {
    return lowest == highest ? lowest : lowest / 2 + highest / 2;
  }

  private static double mean(double[] lowest, double[] highest, long[] counts) {
    // A running mean does not overflow where a sum of large values would.
    double mean = 0;
    double seen = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      if (counts[cell] > 0) {
        seen += counts[cell];
        mean += (middle(lowest[cell], highest[cell]) - mean) * (counts[cell] / seen);
      }
    }
    // Once more around the mean: far from zero the roundings of the first pass add up.
    double rest = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      rest += (middle(lowest[cell], highest[cell]) - mean) * (counts[cell] / seen);
    }
    return Double.isFinite(rest) ? mean + rest : mean;
  }

  private static double deviation(
      double[] lowest, double[] highest, long[] counts, long total, double mean) {
    double reach = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      if (counts[cell] > 0) {
        reach = Math.max(reach, Math.abs(middle(lowest[cell], highest[cell]) - mean));
      }
    }
    if (reach == 0 || total < 2) {
      return 0;
    }
    double squares = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      double distance = (middle(lowest[cell], highest[cell]) - mean) / reach;
      squares += counts[cell] * distance * distance;
    }
    double deviation = reach * Math.sqrt(squares / (total - 1));
    // A constant whose mean is off by a rounding has no spread.
    return deviation > Math.ulp(mean) * 4 ? Math.min(deviation, Double.MAX_VALUE) : 0;
  }

  @Override
  public ColumnKind kind() {
    return ColumnKind.NUMBER;
  }

  @Override
  public int values() {
    return edges.length + 1;
  }

  @Override
  public int size() {
    return edges.length + 3;
  }

  /** Mean of the reference, of cells their middle. */
  public double mean() {
    return mean;
  }

  /** Standard deviation of the reference, 0 for a constant. */
  public double standardDeviation() {
    return standardDeviation;
  }

  /** The bin of what lies below the reference. */
  public int underflowBin() {
    return 0;
  }

  /** The bin of what lies above the reference. */
  public int overflowBin() {
    return edges.length;
  }

  /** Whether the reference had any number. */
  public boolean isEmpty() {
    return edges.length == 0;
  }

  /** Upper edge of a bin, which belongs to it; infinity above the reference. */
  public double upper(int bin) {
    return bin >= edges.length ? Double.POSITIVE_INFINITY : edges[bin];
  }

  /** Lower edge of a bin, which does not belong to it. */
  public double lower(int bin) {
    return bin == 0 ? Double.NEGATIVE_INFINITY : edges[bin - 1];
  }

  /** Whether the bin holds a single value: its edges are neighbouring doubles. */
  public boolean isSingleValue(int bin) {
    return bin > 0 && bin < edges.length && Math.nextUp(edges[bin - 1]) == edges[bin];
  }

  /** Smallest value of the reference; NaN where it had none. */
  public double smallest() {
    return isEmpty() ? Double.NaN : Math.nextUp(edges[0]);
  }

  /** Greatest value of the reference; NaN where it had none. */
  public double greatest() {
    return isEmpty() ? Double.NaN : edges[edges.length - 1];
  }

  /** Number of edges below the value, in log2(bins) steps without a branch that could be missed. */
  @Override
  public int bin(double value) {
    int bin = search(value);
    return bin == 0 && Double.isNaN(value) ? nanBin() : bin;
  }

  /** As {@link #bin(double)}, but NaN is taken for something below the reference. */
  int search(double value) {
    double[] sorted = edges;
    int length = sorted.length;
    if (length == 0) {
      return 0;
    }
    int base = 0;
    while (length > 1) {
      int half = length >>> 1;
      base += sorted[base + half - 1] < value ? half : 0;
      length -= half;
    }
    return base + (sorted[base] < value ? 1 : 0);
  }

  /** What the cells count on this grid. Exact for the cells the grid was made of. */
  public WindowCounts countCells(double[] lowest, double[] highest, long[] counts) {
    WindowCounts window = new WindowCounts(this);
    for (int cell = 0; cell < counts.length; cell++) {
      if (counts[cell] != 0) {
        window.addCell(lowest[cell], highest[cell], counts[cell]);
      }
    }
    return window;
  }

  @Override
  public String label(int bin) {
    if (bin == nullBin()) {
      return "null";
    }
    if (bin == nanBin()) {
      return "NaN";
    }
    if (isEmpty()) {
      return "any";
    }
    if (bin == 0) {
      return "< " + smallest();
    }
    if (bin == overflowBin()) {
      return "> " + greatest();
    }
    if (isSingleValue(bin)) {
      return String.valueOf(edges[bin]);
    }
    return bin == 1
        ? "[" + smallest() + ", " + edges[1] + "]"
        : "(" + edges[bin - 1] + ", " + edges[bin] + "]";
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  void writeBins(DataOutputView out) throws IOException {
    VarLong.write(edges.length, out);
    for (double edge : edges) {
      out.writeDouble(edge);
    }
    out.writeDouble(mean);
    out.writeDouble(standardDeviation);
  }

  static NumberGrid readBins(DataInputView in) throws IOException {
    double[] edges = new double[(int) VarLong.read(in)];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = in.readDouble();
    }
    return new NumberGrid(edges, in.readDouble(), in.readDouble());
  }
}
