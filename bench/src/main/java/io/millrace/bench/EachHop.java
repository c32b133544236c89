package io.millrace.bench;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.table.data.RowData;

/**
 * One watermark for each minute of event time, bounded out-of-orderness behind the newest event, as
 * a live stream would have it; by the clock, a replay at full speed would skip most of them.
 */
final class EachHop implements WatermarkGenerator<RowData> {
  private final long hopMillis;
  private final long delayMillis;
  private long emittedHop = Long.MIN_VALUE;

  EachHop(long hopMillis, long delayMillis) {
    this.hopMillis = hopMillis;
    this.delayMillis = delayMillis;
  }

  @Override
  public void onEvent(RowData row, long timeMillis, WatermarkOutput output) {
    long watermark = timeMillis - delayMillis - 1;
    long hop = Math.floorDiv(watermark, hopMillis);
    if (hop > emittedHop) {
      emittedHop = hop;
      output.emitWatermark(new Watermark(watermark));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {}
}
