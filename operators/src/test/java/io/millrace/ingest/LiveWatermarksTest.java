package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkOutputMultiplexer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.Test;

class LiveWatermarksTest {

  private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
  private static final long LAST_YEAR = Instant.parse("2025-01-01T12:00:00Z").toEpochMilli();
  private static final long OUT_OF_ORDERNESS = Duration.ofSeconds(10).toMillis();
  private static final Duration IDLE_AFTER = Duration.ofMinutes(1);

  private final ManualClock wallClock = new ManualClock(Duration.ofMillis(NOON).toNanos());
  private final ManualClock activityClock = new ManualClock(0);
  private final RecordedOutput output = new RecordedOutput();

  @Test
  void shouldStayBehindTheNewestEventByTheOutOfOrderness() {
    LiveWatermarks watermarks = bounded();

    receive(watermarks, LAST_YEAR);
    receive(watermarks, LAST_YEAR - 5_000);
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(LAST_YEAR - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldSayNothingBeforeTheFirstEvent() {
    LiveWatermarks watermarks = advancing();

    pass(Duration.ofMinutes(10));
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(Long.MIN_VALUE);
    assertThat(output.idle).isFalse();
  }

  @Test
  void shouldMoveOnWithTheClockWhenALiveTopicFallsSilent() {
    LiveWatermarks watermarks = advancing();

    receive(watermarks, NOON - 2_000);
    pass(Duration.ofHours(3));
    watermarks.onPeriodicEmit(output);

    // Behind the clock by the out-of-orderness and by the lag that the newest event had.
    assertThat(output.watermark)
        .isEqualTo(wallClock.absoluteTimeMillis() - 2_000 - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldNotTakeAShortPauseForSilence() {
    LiveWatermarks watermarks = advancing();

    receive(watermarks, NOON);
    pass(LiveWatermarks.SILENT_AFTER.minusMillis(1));
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(NOON - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldNotMoveWhenAReplayOfOldDataPauses() {
    LiveWatermarks watermarks = advancing();

    receive(watermarks, LAST_YEAR);
    pass(Duration.ofDays(2));
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(LAST_YEAR - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldStartToMoveOnceAReplayHasCaughtUp() {
    LiveWatermarks watermarks = advancing();
    receive(watermarks, LAST_YEAR);
    receive(watermarks, NOON - 1_000);

    pass(Duration.ofMinutes(5));
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(NOON + 300_000 - 1_000 - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldStandStillUnderBackPressure() {
    LiveWatermarks watermarks = advancing();
    receive(watermarks, NOON);

    // Flink stops the activity clock while the source is not asked for records.
    wallClock.advanceTime(Duration.ofHours(1));
    watermarks.onPeriodicEmit(output);

    assertThat(output.watermark).isEqualTo(NOON - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldLetTheClockCatchUpWithAnEventFromAheadOfIt() {
    LiveWatermarks watermarks = advancing();
    receive(watermarks, NOON + 3_600_000);

    pass(Duration.ofMinutes(59));
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(NOON + 3_600_000 - OUT_OF_ORDERNESS - 1);

    pass(Duration.ofMinutes(2));
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(NOON + 3_660_000 - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldFollowEventsAgainWhenTheyReturnAndNeverRunBackwards() {
    LiveWatermarks watermarks = advancing();
    receive(watermarks, NOON);
    pass(Duration.ofMinutes(10));
    watermarks.onPeriodicEmit(output);
    long whileSilent = output.watermark;

    receive(watermarks, wallClock.absoluteTimeMillis() - 3_000);
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(whileSilent);

    pass(Duration.ofSeconds(30));
    receive(watermarks, wallClock.absoluteTimeMillis());
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(wallClock.absoluteTimeMillis() - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldBecomeIdleAndActiveAgain() {
    LiveWatermarks watermarks = withIdleness(false);
    receive(watermarks, LAST_YEAR);

    pass(IDLE_AFTER);
    watermarks.onPeriodicEmit(output);
    assertThat(output.idle).isTrue();

    receive(watermarks, LAST_YEAR + 1);
    assertThat(output.idle).isFalse();
  }

  @Test
  void shouldBecomeIdleWithoutEverAnEvent() {
    LiveWatermarks watermarks = withIdleness(true);

    pass(IDLE_AFTER);
    watermarks.onPeriodicEmit(output);

    assertThat(output.idle).isTrue();
  }

  @Test
  void shouldMoveRatherThanBeIdleWhenItIsLive() {
    LiveWatermarks watermarks = withIdleness(true);
    receive(watermarks, NOON);

    pass(IDLE_AFTER.multipliedBy(2));
    watermarks.onPeriodicEmit(output);

    assertThat(output.idle).isFalse();
    assertThat(output.watermark).isEqualTo(NOON + 120_000 - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldNotMoveDuringTheSnapshotOfATable() {
    LiveWatermarks watermarks = advancing();

    watermarks.onEvent(Ingested.row(new GenericRowData(0), NOON).ofSnapshot(), NOON, output);
    pass(Duration.ofHours(1));
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(Long.MIN_VALUE);

    receive(watermarks, NOON + 3_600_000);
    watermarks.onPeriodicEmit(output);
    assertThat(output.watermark).isEqualTo(NOON + 3_600_000 - OUT_OF_ORDERNESS - 1);
  }

  @Test
  void shouldBeHeldBackByAPartitionThatStillReplays() {
    WatermarkOutputMultiplexer partitions = new WatermarkOutputMultiplexer(output);
    partitions.registerNewOutput("live", new Unheard());
    partitions.registerNewOutput("replaying", new Unheard());
    LiveWatermarks live = withIdleness(true);
    LiveWatermarks replaying = withIdleness(true);

    live.onEvent(event(NOON), NOON, partitions.getImmediateOutput("live"));
    replaying.onEvent(event(LAST_YEAR), LAST_YEAR, partitions.getImmediateOutput("replaying"));
    pass(Duration.ofSeconds(30));
    live.onPeriodicEmit(partitions.getDeferredOutput("live"));
    replaying.onPeriodicEmit(partitions.getDeferredOutput("replaying"));
    partitions.onPeriodicEmit();
    assertThat(output.watermark).isEqualTo(LAST_YEAR - OUT_OF_ORDERNESS - 1);

    // The replay stops for good: after the idle time the live partition decides alone.
    pass(IDLE_AFTER);
    live.onPeriodicEmit(partitions.getDeferredOutput("live"));
    replaying.onPeriodicEmit(partitions.getDeferredOutput("replaying"));
    partitions.onPeriodicEmit();
    assertThat(output.watermark).isEqualTo(NOON + 90_000 - OUT_OF_ORDERNESS - 1);
  }

  private LiveWatermarks bounded() {
    return generator(LiveWatermarks.NEVER_IDLE, false);
  }

  private LiveWatermarks advancing() {
    return generator(LiveWatermarks.NEVER_IDLE, true);
  }

  private LiveWatermarks withIdleness(boolean advanceWhenSilent) {
    return generator(IDLE_AFTER.toMillis(), advanceWhenSilent);
  }

  private LiveWatermarks generator(long idleAfterMillis, boolean advanceWhenSilent) {
    return new LiveWatermarks(
        OUT_OF_ORDERNESS, idleAfterMillis, advanceWhenSilent, wallClock, activityClock);
  }

  private void receive(LiveWatermarks watermarks, long eventTimeMillis) {
    watermarks.onEvent(event(eventTimeMillis), eventTimeMillis, output);
  }

  private static Ingested event(long eventTimeMillis) {
    return Ingested.row(new GenericRowData(0), eventTimeMillis);
  }

  private void pass(Duration time) {
    wallClock.advanceTime(time);
    activityClock.advanceTime(time);
  }

  private static final class Unheard implements WatermarkOutputMultiplexer.WatermarkUpdateListener {
    @Override
    public void onWatermarkUpdate(long watermark) {}

    @Override
    public void onIdleUpdate(boolean idle) {}
  }

  /** Keeps the highest watermark, as Flink's outputs do. */
  private static final class RecordedOutput implements WatermarkOutput {
    private long watermark = Long.MIN_VALUE;
    private boolean idle;

    @Override
    public void emitWatermark(Watermark emitted) {
      watermark = Math.max(watermark, emitted.getTimestamp());
      idle = false;
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      idle = false;
    }
  }
}
