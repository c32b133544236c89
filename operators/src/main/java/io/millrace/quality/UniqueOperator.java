package io.millrace.quality;

import io.millrace.ingest.SplitDeadLetters;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;

/**
 * Lets the first row of a window pass that has certain values, and deals with the others. Keyed by
 * the values; rows in which one of them is null are unlike any other.
 *
 * <table>
 *   <caption>State</caption>
 *   <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 *   <tr><td>windows</td><td>values</td><td>windows in which the values came, at most those between
 *   a late row and the newest</td><td>the watermark is one window past the window's end</td></tr>
 *   <tr><td>event-time timer</td><td>values</td><td>one per window</td><td>the same</td></tr>
 * </table>
 *
 * <p>A row that comes when its window is forgotten is let pass unchecked and not counted.
 */
final class UniqueOperator extends RuleOperator implements Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final int[] fields;
  private transient MapState<Long, Boolean> windows;
  private transient InternalTimerService<VoidNamespace> timers;

  /**
   * @param fields positions of the values
   */
  UniqueOperator(Enforcement enforcement, int[] fields, long windowMillis) {
    super(enforcement, windowMillis);
    this.fields = fields.clone();
  }

  @Override
  public void open() throws Exception {
    super.open();
    windows =
        getPartitionedState(
            new MapStateDescriptor<>(
                "windows", LongSerializer.INSTANCE, BooleanSerializer.INSTANCE));
    timers = getInternalTimerService("windows", VoidNamespaceSerializer.INSTANCE, this);
  }

  @Override
  public void processElement(StreamRecord<RowData> element) throws Exception {
    RowData row = element.getValue();
    if (!element.hasTimestamp()) {
      output.collect(element);
      return;
    }
    long time = element.getTimestamp();
    long start = WindowTally.startOf(time, windowMillis());
    long forgottenAt = start + 2 * windowMillis() - 1;
    if (forgottenAt <= timers.currentWatermark()) {
      output.collect(element);
      return;
    }
    count(time, CHECKED);
    if (hasNull(row)) {
      output.collect(element);
      return;
    }
    if (!windows.contains(start)) {
      windows.put(start, true);
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, forgottenAt);
      output.collect(element);
      return;
    }
    count(time, FAILED);
    Enforcement.Outcome outcome = enforcement.broken(row, "", time);
    if (outcome.row() != null) {
      output.collect(element.replace(outcome.row()));
    } else if (outcome.letter() != null) {
      output.collect(SplitDeadLetters.DEAD_LETTERS, new StreamRecord<>(outcome.letter(), time));
    }
  }

  private boolean hasNull(RowData row) {
    for (int field : fields) {
      if (row.isNullAt(field)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    windows.remove(timer.getTimestamp() + 1 - 2 * windowMillis());
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no timer of the clock was set");
  }
}
