package io.millrace.jobs.training;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;

/** Counts what goes nowhere. */
public final class CountAway<T> extends RichFilterFunction<T> {
  private static final long serialVersionUID = 1L;

  private final String name;
  private transient LongCounter counter;

  /**
   * @param name of the accumulator
   */
  public CountAway(String name) {
    this.name = name;
  }

  @Override
  public void open(OpenContext context) {
    counter = new LongCounter();
    // Several streams of one task may count under one name.
    if (getRuntimeContext().<Long, Long>getAccumulator(name) == null) {
      getRuntimeContext().addAccumulator(name, counter);
    } else {
      counter = getRuntimeContext().getLongCounter(name);
    }
  }

  @Override
  public boolean filter(T value) {
    counter.add(1);
    return false;
  }
}
