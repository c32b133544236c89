package io.millrace.ingest;

import io.millrace.pipeline.EventTime;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.SystemClock;

/** Timestamps and watermarks of a source, one generator per Kafka partition. */
public final class EventTimes {

  private EventTimes() {}

  /** The strategy that the source's {@code event_time} asks for, see {@link LiveWatermarks}. */
  public static WatermarkStrategy<Ingested> strategy(EventTime eventTime) {
    return new Strategy(
        eventTime.outOfOrderness().toMillis(),
        eventTime.idleAfter().map(Duration::toMillis).orElse(LiveWatermarks.NEVER_IDLE),
        eventTime.advanceWhenSilent());
  }

  private record Strategy(long outOfOrdernessMillis, long idleAfterMillis, boolean advance)
      implements WatermarkStrategy<Ingested> {

    private static final long serialVersionUID = 1L;

    @Override
    public WatermarkGenerator<Ingested> createWatermarkGenerator(
        WatermarkGeneratorSupplier.Context context) {
      return new LiveWatermarks(
          outOfOrdernessMillis,
          idleAfterMillis,
          advance,
          SystemClock.getInstance(),
          context.getInputActivityClock());
    }

    @Override
    public TimestampAssigner<Ingested> createTimestampAssigner(
        TimestampAssignerSupplier.Context context) {
      return (ingested, recordTimestamp) -> ingested.eventTimeMillis();
    }
  }
}
