package io.millrace.ingest;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time of sources that say nothing about it, such as control messages and replays: they are
 * idle from the beginning, so that they hold back nobody's watermark.
 */
public final class IdleAtOnce {
  private IdleAtOnce() {}

  /** A strategy that never emits a {@link Watermark}. */
  public static <T> WatermarkStrategy<T> strategy() {
    return WatermarkStrategy.<T>forGenerator(context -> new Idle<>())
        .withTimestampAssigner((event, recordTimestamp) -> recordTimestamp);
  }

  private static final class Idle<T> implements WatermarkGenerator<T> {
    @Override
    public void onEvent(T event, long eventTimestamp, WatermarkOutput output) {
      output.markIdle();
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.markIdle();
    }
  }
}
