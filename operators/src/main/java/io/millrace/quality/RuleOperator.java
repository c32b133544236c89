package io.millrace.quality;

import org.apache.flink.table.data.RowData;

/** Holds rows against one rule behind the source, and counts those it checked and that failed. */
abstract class RuleOperator extends CountingOperator<RowData, RowData> {
  static final int CHECKED = 0;
  static final int FAILED = 1;

  private static final long serialVersionUID = 1L;

  final Enforcement enforcement;

  RuleOperator(Enforcement enforcement, long windowMillis) {
    super(windowMillis, 2);
    this.enforcement = enforcement;
  }

  @Override
  public void open() throws Exception {
    super.open();
    enforcement.open(getMetricGroup());
  }

  @Override
  final void handOn(WindowTally.Counted counted) {
    emit(
        new RuleCounts(
            enforcement.rule().name(),
            counted.startMillis(),
            counted.bySlot()[CHECKED],
            counted.bySlot()[FAILED]));
  }
}
