package io.millrace.quality;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Counts what becomes of records held against rules, and hands the counts on to the side output
 * {@link #COUNTS} when a window is over, before every checkpoint and at the end of the input. A
 * checkpoint therefore finds nothing that would have to be stored.
 */
abstract class CountingOperator<I, O> extends AbstractStreamOperator<O>
    implements OneInputStreamOperator<I, O>, BoundedOneInput {

  /** Where the counts are found; their timestamps lie within their windows. */
  static final OutputTag<RuleCounts> COUNTS =
      new OutputTag<>("rule-counts", TypeInformation.of(RuleCounts.class));

  private static final long serialVersionUID = 1L;

  private final long windowMillis;
  private final int slots;
  private transient WindowTally tally;

  /**
   * @param slots how many things are counted
   */
  CountingOperator(long windowMillis, int slots) {
    this.windowMillis = windowMillis;
    this.slots = slots;
  }

  @Override
  public void open() throws Exception {
    super.open();
    tally = new WindowTally(windowMillis, slots);
  }

  final long windowMillis() {
    return windowMillis;
  }

  /** Counts one in the window of a moment. */
  final void count(long timeMillis, int slot) {
    tally.count(timeMillis, slot);
    if (tally.isFull()) {
      tally.takeAll().forEach(this::handOn);
    }
  }

  /** Emits the counts of a window, with {@link #emit}. */
  abstract void handOn(WindowTally.Counted counted);

  final void emit(RuleCounts counts) {
    output.collect(COUNTS, new StreamRecord<>(counts, counts.windowStartMillis()));
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    tally.takeUntil(mark.getTimestamp()).forEach(this::handOn);
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    tally.takeAll().forEach(this::handOn);
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void endInput() {
    tally.takeAll().forEach(this::handOn);
  }
}
