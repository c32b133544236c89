package io.millrace.offline;

import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * Lets the numbers of rows go on after a restart: above all that any subtask has given, so that
 * order holds when readers change places. A job that starts without state begins at the time of day
 * in microseconds, above what jobs before it gave, as long as a subtask sees less than a million
 * rows a second.
 */
final class Sequence {
  private ListState<Long> next;

  /** The number to go on with. */
  long restore(FunctionInitializationContext context) throws Exception {
    next =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("sequence", Types.LONG));
    if (!context.isRestored()) {
      return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }
    long greatest = 0;
    for (long one : next.get()) {
      greatest = Math.max(greatest, one);
    }
    return greatest;
  }

  void keep(long sequence) throws Exception {
    next.clear();
    next.add(sequence);
  }
}
