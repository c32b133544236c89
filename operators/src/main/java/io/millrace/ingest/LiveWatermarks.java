package io.millrace.ingest;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.clock.RelativeClock;

/**
 * Bounded out-of-orderness, idleness, and on request a watermark that goes on with the clock while
 * nothing arrives, so that windows close and features decay on a silent topic.
 *
 * <ol>
 *   <li>While events come: the watermark is the newest event time minus the out-of-orderness minus
 *       one millisecond.
 *   <li>When nothing has come for {@link #SILENT_AFTER} and the newest event was live, the
 *       watermark moves on at the pace of the clock, as if an event came every moment with the
 *       newest event's lag. Live means: when it arrived it was at most the out-of-orderness plus
 *       {@link #LIVE_WITHIN} old. In a replay of old data events are older than that, so a pause of
 *       the replay moves nothing.
 *   <li>When nothing has come for the idle time and the watermark does not move by itself, the
 *       split is idle and no longer holds back the others. A split that has never seen an event is
 *       not live: only the idle time keeps it from holding back the others.
 * </ol>
 *
 * <p>Silence is measured by the input activity clock, which stands still under back pressure: a
 * source that is not asked for records is not silent. Rows of a table's snapshot are activity, but
 * move no watermark; records that are no rows count when their event time could be read, other dead
 * letters are neither.
 *
 * <p>The price of the second rule: a broker that cannot be reached looks like a silent topic. When
 * it is away for longer than the out-of-orderness, what was produced in the meantime is late.
 */
final class LiveWatermarks implements WatermarkGenerator<Ingested> {

  static final long NEVER_IDLE = Long.MAX_VALUE;

  /** Shorter pauses are ordinary. */
  static final Duration SILENT_AFTER = Duration.ofSeconds(5);

  /** What delivery may add to the out-of-orderness of an event that is live. */
  static final Duration LIVE_WITHIN = Duration.ofMinutes(1);

  private static final long NONE = Long.MIN_VALUE;

  private final long outOfOrdernessMillis;
  private final long idleAfterMillis;
  private final boolean advanceWhenSilent;
  private final Clock wallClock;
  private final RelativeClock activityClock;

  private long newestEventMillis = NONE;
  private long newestLagMillis;
  private long newestArrivedMillis;
  private long lastActiveMillis;
  private boolean idle;

  LiveWatermarks(
      long outOfOrdernessMillis,
      long idleAfterMillis,
      boolean advanceWhenSilent,
      Clock wallClock,
      RelativeClock activityClock) {
    this.outOfOrdernessMillis = outOfOrdernessMillis;
    this.idleAfterMillis = idleAfterMillis;
    this.advanceWhenSilent = advanceWhenSilent;
    this.wallClock = wallClock;
    this.activityClock = activityClock;
    this.lastActiveMillis = activityClock.relativeTimeMillis();
  }

  @Override
  public void onEvent(Ingested event, long eventTimestamp, WatermarkOutput output) {
    if (!event.timed()) {
      return;
    }
    lastActiveMillis = activityClock.relativeTimeMillis();
    if (idle) {
      idle = false;
      output.markActive();
    }
    if (!event.snapshot() && eventTimestamp > newestEventMillis) {
      newestEventMillis = eventTimestamp;
      newestArrivedMillis = lastActiveMillis;
      newestLagMillis = wallClock.absoluteTimeMillis() - eventTimestamp;
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    long now = activityClock.relativeTimeMillis();
    long silentMillis = now - lastActiveMillis;
    boolean movesByItself = advanceWhenSilent && newestWasLive();
    if (!movesByItself && silentMillis >= idleAfterMillis) {
      if (!idle) {
        idle = true;
        output.markIdle();
      }
      return;
    }
    if (newestEventMillis == NONE) {
      return;
    }
    long reached = newestEventMillis;
    if (movesByItself && silentMillis >= SILENT_AFTER.toMillis()) {
      // An event that came from ahead of the clock is first caught up with.
      long aheadMillis = Math.max(0, -newestLagMillis);
      reached += Math.max(0, now - newestArrivedMillis - aheadMillis);
    }
    output.emitWatermark(new Watermark(reached - outOfOrdernessMillis - 1));
  }

  private boolean newestWasLive() {
    return newestEventMillis != NONE
        && newestLagMillis <= outOfOrdernessMillis + LIVE_WITHIN.toMillis();
  }
}
