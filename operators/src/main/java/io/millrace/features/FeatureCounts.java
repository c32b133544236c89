package io.millrace.features;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What a user wants to know about rows that did not simply count, and about keys and memory. */
final class FeatureCounts {
  final Counter untimed;
  final Counter outside;
  final Counter keysRead;
  final Counter keysWritten;
  final Counter keysLetGo;
  private final Counter late;
  private final Counter gone;
  private final Counter notRetractable;

  FeatureCounts(MetricGroup metrics, WorkingSet keys) {
    untimed = metrics.counter("rowsWithoutTime");
    late = metrics.counter("lateRows");
    gone = metrics.counter("retractionsOfGoneRows");
    notRetractable = metrics.counter("retractionsNotUndone");
    outside = metrics.counter("valuesOutsideTheirType");
    keysRead = metrics.counter("keysReadFromState");
    keysWritten = metrics.counter("keysWrittenToState");
    keysLetGo = metrics.counter("keysLetGo");
    metrics.gauge("keysInMemory", keys::size);
  }

  /** Counts the outcome of a row, see {@link FeatureEngine#take}. */
  void count(int outcome) {
    if ((outcome & FeatureEngine.LATE) != 0) {
      late.inc();
    }
    if ((outcome & FeatureEngine.GONE) != 0) {
      gone.inc();
    }
    if ((outcome & FeatureEngine.NOT_RETRACTABLE) != 0) {
      notRetractable.inc();
    }
  }
}
