package io.millrace.jobs.materialize;

import io.millrace.records.DeadLetter;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;

/** Keeps the reasons of the first vectors that the store does not take; none goes on. */
final class RefusedReasons extends RichFilterFunction<DeadLetter> {
  private static final long serialVersionUID = 1L;
  private static final int MOST = 3;

  private final String view;
  private transient ListAccumulator<String> reasons;
  private transient int kept;

  RefusedReasons(String view) {
    this.view = view;
  }

  @Override
  public void open(OpenContext context) {
    reasons = new ListAccumulator<>();
    getRuntimeContext().addAccumulator(accumulator(view), reasons);
  }

  @Override
  public boolean filter(DeadLetter letter) {
    if (kept < MOST) {
      kept++;
      reasons.add(letter.message());
    }
    return false;
  }

  /**
   * What was kept.
   *
   * @param counts accumulators of the job
   */
  static List<String> of(Map<String, Object> counts, String view) {
    return counts.get(accumulator(view)) instanceof List<?> kept
        ? kept.stream().map(String::valueOf).limit(MOST).toList()
        : List.of();
  }

  private static String accumulator(String view) {
    return "reasons of " + view;
  }
}
