package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One aggregation of a view. It yields one feature per window, named {@code <name>_<window>} as the
 * window was written (for example {@code departures_24h}), or one lifetime feature named {@code
 * <name>} when there is no window.
 *
 * @param input SQL expression over the source's fields, or {@code *} for {@code count}; empty for
 *     {@code ratio}
 * @param where SQL condition: rows that do not satisfy it do not count for this aggregation
 * @param windows as written, with their lengths; empty: over the key's lifetime
 */
public record AggregationSpec(
    String name,
    AggregateFunction function,
    String input,
    Optional<String> where,
    List<Window> windows,
    Parameters parameters) {

  public AggregationSpec {
    windows = List.copyOf(windows);
  }

  /** {@code departures_1h}, {@code departures_24h}; {@code departures} over the lifetime. */
  public List<String> featureNames() {
    return windows.isEmpty() ? List.of(name) : windows.stream().map(this::featureName).toList();
  }

  /** The feature over one of the windows. */
  public String featureName(Window window) {
    return name + "_" + window.label();
  }

  /** A window length and how the file spells it. */
  public record Window(String label, Duration length) {}

  /**
   * Parameters of the functions that take any; the others leave the defaults.
   *
   * @param q rank in [0, 1] for {@code quantile}
   * @param k number of values for {@code last_k} and {@code top_k}
   * @param edges ascending bucket edges for {@code histogram}: bucket i holds edges[i-1] <= x <
   *     edges[i], the first and last buckets are open
   * @param numerator name of a sibling aggregation, for {@code ratio}
   * @param denominator name of a sibling aggregation, for {@code ratio}
   */
  public record Parameters(
      double q, int k, List<Double> edges, String numerator, String denominator) {

    public static final Parameters NONE = new Parameters(Double.NaN, 0, List.of(), "", "");

    public Parameters {
      edges = List.copyOf(edges);
    }
  }
}
