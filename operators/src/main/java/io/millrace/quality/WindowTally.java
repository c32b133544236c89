package io.millrace.quality;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts by window of event time, in memory. What is counted is handed on when its window is over
 * and before every checkpoint, so it needs no state. NOT thread safe.
 */
final class WindowTally {

  /** With more windows open than these, all are handed on at once. */
  private static final int MANY = 1_024;

  private final long windowMillis;
  private final int slots;
  private final Map<Long, long[]> open = new HashMap<>();
  private long currentStart = Long.MIN_VALUE;
  private long[] current;

  /**
   * @param slots how many things are counted
   */
  WindowTally(long windowMillis, int slots) {
    this.windowMillis = windowMillis;
    this.slots = slots;
  }

  /** Counts one in a slot. Cost: a few nanoseconds while time goes on in order. */
  void count(long timeMillis, int slot) {
    at(timeMillis)[slot]++;
  }

  private long[] at(long timeMillis) {
    long start = startOf(timeMillis, windowMillis);
    if (start != currentStart || current == null) {
      currentStart = start;
      current = open.computeIfAbsent(start, key -> new long[slots]);
    }
    return current;
  }

  /** First millisecond of the window that a moment belongs to. */
  static long startOf(long timeMillis, long windowMillis) {
    return Math.floorDiv(timeMillis, windowMillis) * windowMillis;
  }

  /** The counts of one window by slot. */
  record Counted(long startMillis, long[] bySlot) {}

  boolean isFull() {
    return open.size() > MANY;
  }

  /** Takes out the windows that are over at a watermark, the earliest first. */
  List<Counted> takeUntil(long watermarkMillis) {
    List<Counted> taken = new ArrayList<>();
    if (!open.isEmpty()) {
      open.entrySet()
          .removeIf(
              entry -> {
                // The window's last millisecond; the sum of the three may pass the end of time.
                boolean over = entry.getKey() <= watermarkMillis - windowMillis + 1;
                if (over) {
                  taken.add(new Counted(entry.getKey(), entry.getValue()));
                }
                return over;
              });
    }
    if (!taken.isEmpty()) {
      current = null;
      taken.sort((a, b) -> Long.compare(a.startMillis, b.startMillis));
    }
    return taken;
  }

  /** Takes out everything. */
  List<Counted> takeAll() {
    return takeUntil(Long.MAX_VALUE);
  }
}
