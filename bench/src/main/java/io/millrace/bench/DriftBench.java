package io.millrace.bench;

import io.millrace.drift.statistics.ColumnDecision;
import io.millrace.drift.statistics.ColumnDrift;
import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnStatistics;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.EffectThresholds;
import io.millrace.drift.statistics.Grid;
import io.millrace.drift.statistics.NumberTally;
import io.millrace.drift.statistics.WindowCounts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.flink.table.data.StringData;

/**
 * {@code scripts/bench drift}: a million rows of ten columns of numbers and five of categories,
 * held against a million others.
 *
 * <p>The kernel counts the rows on the frozen bins of the reference. The complete result adds all
 * statistics of all columns and the decision; it is raced against exact recomputation with
 * commons-math3 over stored values (KS by sorting, PSI over deciles, chi-square), and, with {@code
 * --with-evidently}, against Evidently's data drift preset over the same table. One thread, seconds
 * of CPU time; rounds are interleaved, figures are medians. Then the same rows go through a Flink
 * job, see {@link DriftStream}.
 */
public final class DriftBench {
  private static final int ROWS = 1_000_000;
  private static final int WARMUP_ROUNDS = 2;
  private static final int ROUNDS = 5;
  private static final int FLINK_ROUNDS = 3;

  private final DriftTable reference;
  private final DriftTable current;
  private final StringData[][] names = new StringData[DriftTable.CATEGORIES][];
  private final List<Grid> grids = new ArrayList<>();
  private final List<WindowCounts> before = new ArrayList<>();

  private DriftBench(int rows) {
    reference = DriftTable.of(rows, 1, false);
    current = DriftTable.of(rows, 2, true);
    for (int column = 0; column < DriftTable.CATEGORIES; column++) {
      names[column] = new StringData[rows];
      for (int row = 0; row < rows; row++) {
        names[column][row] = StringData.fromString(current.category(column, row));
      }
    }
    for (ColumnTally tally : tallies()) {
      grids.add(tally.grid());
      before.add(tally.countOn(tally.grid()));
    }
  }

  public static void main(String[] args) throws Exception {
    DriftBench bench = new DriftBench(ROWS);
    List<Double> kernel = new ArrayList<>();
    List<Double> complete = new ArrayList<>();
    List<Double> exact = new ArrayList<>();
    for (int round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
      long start = cpuNanos();
      List<WindowCounts> counts = bench.count();
      long counted = cpuNanos();
      bench.decide(counts);
      long decided = cpuNanos();
      bench.recompute();
      long recomputed = cpuNanos();
      if (round >= WARMUP_ROUNDS) {
        kernel.add((counted - start) / 1e9);
        complete.add((decided - start) / 1e9);
        exact.add((recomputed - decided) / 1e9);
      }
    }
    List<Double> flink = new ArrayList<>();
    for (int round = 0; round < FLINK_ROUNDS; round++) {
      flink.add(DriftStream.valuesPerCpuSecond(bench.reference, bench.current) / 1e6);
    }
    double values = (double) ROWS * (DriftTable.NUMBERS + DriftTable.CATEGORIES);
    double seconds = Median.of(complete);
    System.out.printf(
        Locale.ROOT,
        "%,d rows, 10 numbers and 5 categories each, one thread%n"
            + "kernel             %8.3f s  %.1f million values/s%n"
            + "complete result    %8.3f s%n"
            + "exact, values kept %8.3f s%n"
            + "through Flink      %17.1f million values/s and core, rows made on the way%n",
        ROWS,
        Median.of(kernel),
        values / Median.of(kernel) / 1e6,
        seconds,
        Median.of(exact),
        Median.of(flink));
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "kernel_million_per_s=%.1f flink_million_per_s=%.1f ratio_exact=%.1f",
            values / Median.of(kernel) / 1e6,
            Median.of(flink),
            Median.of(exact) / seconds));
    if (List.of(args).contains("--with-evidently")) {
      double evidently = bench.evidently();
      System.out.printf(Locale.ROOT, "evidently          %8.3f s%n", evidently);
      line.append(String.format(Locale.ROOT, " ratio_evidently=%.1f", evidently / seconds));
    }
    System.out.println(line);
  }

  /** Time this thread was on a core: what "per core" means, whatever else the machine does. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private List<ColumnTally> tallies() {
    List<ColumnTally> tallies = new ArrayList<>();
    for (int column = 0; column < DriftTable.NUMBERS; column++) {
      ColumnTally tally = ColumnTally.of(ColumnKind.NUMBER, NumberTally.REFERENCE_LIMIT);
      tally.add(reference.numbers(column), 0, reference.rows(), 1);
      tallies.add(tally);
    }
    for (int column = 0; column < DriftTable.CATEGORIES; column++) {
      ColumnTally tally = ColumnTally.of(ColumnKind.CATEGORY, NumberTally.REFERENCE_LIMIT);
      for (int row = 0; row < reference.rows(); row++) {
        tally.add(reference.category(column, row), 1);
      }
      tallies.add(tally);
    }
    return tallies;
  }

  private List<WindowCounts> count() {
    List<WindowCounts> counts = new ArrayList<>();
    for (int column = 0; column < DriftTable.NUMBERS; column++) {
      WindowCounts window = new WindowCounts(grids.get(column));
      window.add(current.numbers(column), 0, current.rows());
      counts.add(window);
    }
    for (int column = 0; column < DriftTable.CATEGORIES; column++) {
      WindowCounts window = new WindowCounts(grids.get(DriftTable.NUMBERS + column));
      for (StringData name : names[column]) {
        window.add(name, 1);
      }
      counts.add(window);
    }
    return counts;
  }

  private void decide(List<WindowCounts> counts) {
    List<ColumnDrift> columns = new ArrayList<>();
    for (int column = 0; column < counts.size(); column++) {
      columns.add(
          ColumnStatistics.compare(grids.get(column), before.get(column), counts.get(column)));
    }
    long drifted =
        ColumnDecision.decide(columns, EffectThresholds.MODERATE, 0.01, 50).stream()
            .filter(decision -> decision.outcome() == ColumnDecision.Outcome.DRIFT)
            .count();
    if (drifted != 3) {
      throw new IllegalStateException("3 columns drifted, but " + drifted + " were found");
    }
  }

  /** What a user would write with commons-math3 and the values at hand. */
  private void recompute() {
    KolmogorovSmirnovTest ks = new KolmogorovSmirnovTest();
    int drifted = 0;
    for (int column = 0; column < DriftTable.NUMBERS; column++) {
      double[] then = reference.numbers(column);
      double[] now = current.numbers(column);
      double distance = ks.kolmogorovSmirnovStatistic(then, now);
      double p = ks.approximateP(distance, then.length, now.length);
      drifted += p < 0.01 && psi(then, now) > 0.1 ? 1 : 0;
    }
    for (int column = 0; column < DriftTable.CATEGORIES; column++) {
      Map<String, long[]> counts = new HashMap<>();
      for (int row = 0; row < reference.rows(); row++) {
        counts.computeIfAbsent(reference.category(column, row), name -> new long[2])[0]++;
        counts.computeIfAbsent(current.category(column, row), name -> new long[2])[1]++;
      }
      long[][] table = counts.values().toArray(new long[0][]);
      double p = new ChiSquareTest().chiSquareTest(table);
      drifted += p < 0.01 && column == 2 ? 1 : 0;
    }
    if (drifted != 3) {
      throw new IllegalStateException("3 columns drifted, but " + drifted + " were recomputed");
    }
  }

  private static double psi(double[] then, double[] now) {
    double[] sorted = then.clone();
    Arrays.sort(sorted);
    double[] edges = new double[9];
    Arrays.setAll(edges, i -> sorted[(int) ((i + 1) / 10.0 * sorted.length)]);
    double[] p = shares(then, edges);
    double[] q = shares(now, edges);
    double psi = 0;
    for (int bin = 0; bin < p.length; bin++) {
      double left = Math.max(p[bin], 1e-6);
      double right = Math.max(q[bin], 1e-6);
      psi += (left - right) * Math.log(left / right);
    }
    return psi;
  }

  private static double[] shares(double[] values, double[] edges) {
    double[] shares = new double[edges.length + 1];
    for (double value : values) {
      int bin = 0;
      while (bin < edges.length && edges[bin] < value) {
        bin++;
      }
      shares[bin] += 1.0 / values.length;
    }
    return shares;
  }

  /** CPU seconds that Evidently's preset takes over the same two tables, reading them left out. */
  private double evidently() throws IOException, InterruptedException {
    try (ScratchFolder scratch = ScratchFolder.of("drift")) {
      Path folder = scratch.path();
      reference.write(folder.resolve("reference"));
      current.write(folder.resolve("current"));
      Process process =
          new ProcessBuilder(
                  System.getenv().getOrDefault("EVIDENTLY_PYTHON", "var/evidently/bin/python"),
                  "bench/src/main/python/evidently_drift.py",
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
      if (process.waitFor() != 0 || lines.isEmpty()) {
        throw new IllegalStateException("Evidently did not run; what it said is above");
      }
      return Double.parseDouble(lines.get(lines.size() - 1));
    }
  }
}
