package io.millrace.online;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/** Processing time that moves when a test says so. */
final class ManualTime implements ProcessingTimeService {

  private final TreeMap<Long, ProcessingTimeCallback> timers = new TreeMap<>();
  private long nowMillis;

  @Override
  public long getCurrentProcessingTime() {
    return nowMillis;
  }

  @Override
  public ScheduledFuture<?> registerTimer(long timeMillis, ProcessingTimeCallback callback) {
    timers.put(timeMillis, callback);
    return null;
  }

  void advance(long millis) throws Exception {
    nowMillis += millis;
    while (!timers.isEmpty() && timers.firstKey() <= nowMillis) {
      Map.Entry<Long, ProcessingTimeCallback> timer = timers.pollFirstEntry();
      timer.getValue().onProcessingTime(timer.getKey());
    }
  }
}
