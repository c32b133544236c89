package io.millrace.drift;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.pipeline.DriftReference;
import io.millrace.records.DriftControl;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;

/**
 * Everything that is known about one watched column: its steps, references and segments. It is told
 * of chunks in any order and of closed steps in the order of time; what it says about a window
 * depends on the rows alone, not on the order in which they came nor on who brought them.
 *
 * <p>All columns of a monitor see the same rows, so each decides alike which segments are looked
 * at: when a step closes, those that are not yet known are admitted by their number of rows, then
 * by name, until the limit is reached. Admitted ones stay.
 *
 * <p>NOT thread safe.
 */
final class ColumnMonitor {
  private static final long NONE = Long.MIN_VALUE;
  private static final String WHOLE = "";
  private static final String META = "meta";

  /** Segments that may wait for admission, in limits. */
  private static final int CANDIDATES = 4;

  private final DriftPlan plan;
  private final WatchedColumn column;
  private final TreeMap<String, SegmentTrack> admitted = new TreeMap<>();
  private final TreeMap<String, SegmentTrack> candidates = new TreeMap<>();

  /** Segments whose parts are to be removed from the store. */
  private final TreeMap<String, SegmentTrack> rejected = new TreeMap<>();

  private long firstStepMillis = NONE;

  /** Start of the newest step that was closed. */
  private long closedMillis = NONE;

  private long late;
  private boolean metaDirty;

  ColumnMonitor(DriftPlan plan, WatchedColumn column) throws IOException {
    this.plan = plan;
    this.column = column;
    admitted.put(WHOLE, new SegmentTrack(plan, column, WHOLE));
  }

  /**
   * Takes in a chunk.
   *
   * @param watermark up to which steps are closed
   * @return when a step is next to be closed because of it; empty when it came too late
   */
  Optional<Long> add(ColumnChunk chunk, long watermark) throws IOException {
    long step = chunk.stepStartMillis();
    long closes = step + plan.stepMillis() - 1;
    if (closes <= watermark && step + plan.windowMillis() - 1 <= watermark) {
      late += chunk.rows();
      metaDirty = true;
      return Optional.empty();
    }
    if (firstStepMillis == NONE || step < firstStepMillis) {
      firstStepMillis = step;
      metaDirty = true;
    }
    fill(admitted.get(WHOLE).step(step), chunk);
    if (chunk.listed()) {
      SegmentTrack track = admitted.get(chunk.segment());
      if (track == null) {
        track = candidate(chunk.segment());
      }
      if (track != null) {
        fill(track.step(step), chunk);
      }
    }
    // A step that is closed still counts in the windows to come.
    return Optional.of(
        closes > watermark ? closes : plan.stepOf(watermark + 1) + plan.stepMillis() - 1);
  }

  private static void fill(ColumnTally tally, ColumnChunk chunk) {
    tally.addNulls(chunk.nulls());
    if (chunk.added().length > 0) {
      tally.add(chunk.added(), 0, chunk.added().length, 1);
    }
    if (chunk.removed().length > 0) {
      tally.add(chunk.removed(), 0, chunk.removed().length, -1);
    }
    for (int i = 0; i < chunk.categories().length; i++) {
      tally.add(chunk.categories()[i], chunk.counts()[i]);
    }
  }

  /** Null when the segment has no chance: too many others wait already, or all places are taken. */
  private SegmentTrack candidate(String segment) throws IOException {
    if (admitted.size() - 1 >= plan.segmentLimit()) {
      return null;
    }
    SegmentTrack track = candidates.get(segment);
    if (track == null && candidates.size() < CANDIDATES * plan.segmentLimit() + 64) {
      track = new SegmentTrack(plan, column, segment);
      candidates.put(segment, track);
    }
    return track;
  }

  /** What a closed step brought. */
  record Closed(List<ColumnWindow> windows, Optional<Long> nextCloseMillis) {}

  /**
   * The window that ends with a step.
   *
   * @param stepMillis start of the step; one that was closed before is passed over
   */
  Closed close(long stepMillis) throws IOException {
    if (closedMillis != NONE && stepMillis <= closedMillis) {
      return new Closed(List.of(), Optional.empty());
    }
    admit(stepMillis);
    closedMillis = stepMillis;
    metaDirty = true;
    long end = stepMillis + plan.stepMillis();
    long start = end - plan.windowMillis();
    List<ColumnWindow> windows = new ArrayList<>();
    for (Map.Entry<String, SegmentTrack> each : admitted.entrySet()) {
      SegmentTrack track = each.getValue();
      track.completeBefore(stepMillis);
      if (start >= firstStepMillis) {
        Optional<ColumnTally> window = track.window(start, end);
        if (window.isPresent() && window.get().rows() > 0) {
          windows.add(window(each.getKey(), track, window.get(), start, end));
        }
      }
      track.absorb(stepMillis);
      // One step more than the next window needs: what was closed last may be promoted.
      track.forgetBefore(start);
    }
    long next = stepMillis + plan.stepMillis();
    boolean more = admitted.get(WHOLE).hasStepsFrom(next + plan.stepMillis() - plan.windowMillis());
    return new Closed(windows, more ? Optional.of(next + plan.stepMillis() - 1) : Optional.empty());
  }

  private ColumnWindow window(
      String segment, SegmentTrack track, ColumnTally tally, long start, long end) {
    ColumnComparison comparison = new ColumnComparison(plan, column, segment, start, end);
    ColumnWindow window =
        new ColumnWindow(
            comparison.result(tally, track.reference(start, firstStepMillis)),
            segment.isEmpty() ? late : 0);
    if (segment.isEmpty()) {
      late = 0;
    }
    return window;
  }

  private void admit(long stepMillis) {
    if (candidates.isEmpty()) {
      return;
    }
    List<Map.Entry<String, SegmentTrack>> waiting =
        candidates.entrySet().stream()
            .filter(each -> each.getValue().rowsOf(stepMillis) > 0)
            .sorted(
                Comparator.<Map.Entry<String, SegmentTrack>>comparingLong(
                        each -> -each.getValue().rowsOf(stepMillis))
                    .thenComparing(Map.Entry::getKey))
            .toList();
    for (Map.Entry<String, SegmentTrack> each : waiting) {
      if (admitted.size() - 1 < plan.segmentLimit()) {
        admitted.put(each.getKey(), each.getValue());
        candidates.remove(each.getKey());
        metaDirty = true;
      }
    }
    if (admitted.size() - 1 >= plan.segmentLimit()) {
      candidates.values().forEach(SegmentTrack::markRemoved);
      rejected.putAll(candidates);
      candidates.clear();
    }
  }

  /** Obeys an order about the reference, whatever the segment. */
  void obey(DriftControl control) throws IOException {
    if (plan.reference() == DriftReference.Kind.PINNED
        && control.action() == DriftControl.Action.PROMOTE
        && !plan.referenceText().endsWith(" " + control.id())) {
      return;
    }
    long end = closedMillis + plan.stepMillis();
    for (SegmentTrack track : admitted.values()) {
      if (control.action() == DriftControl.Action.REBUILD) {
        track.rebuild(column);
      } else if (closedMillis != NONE) {
        String of = "promoted window from " + Instant.ofEpochMilli(end - plan.windowMillis());
        track.promote(
            end - plan.windowMillis(), end, control.id().isEmpty() ? of : control.id() + ", " + of);
      }
    }
  }

  /** Stores what has changed since the last time. */
  void flush(Parts parts) throws Exception {
    for (SegmentTrack track : rejected.values()) {
      track.flush(parts);
    }
    rejected.clear();
    for (SegmentTrack track : admitted.values()) {
      track.flush(parts);
    }
    for (SegmentTrack track : candidates.values()) {
      track.flush(parts);
    }
    if (metaDirty) {
      parts.put(
          META,
          out -> {
            out.writeUTF(plan.fingerprint());
            out.writeLong(firstStepMillis);
            out.writeLong(closedMillis);
            out.writeLong(late);
            out.writeInt(admitted.size() - 1);
            for (String segment : admitted.keySet()) {
              if (!segment.isEmpty()) {
                out.writeUTF(segment);
              }
            }
          });
      metaDirty = false;
    }
  }

  /**
   * A column as it was stored; a new one when there is nothing, or when it was stored for other
   * windows or another reference than the plan's.
   */
  static ColumnMonitor restore(DriftPlan plan, WatchedColumn column, Parts parts) throws Exception {
    ColumnMonitor monitor = new ColumnMonitor(plan, column);
    boolean[] same = {true};
    parts.forEach(
        (name, in) -> {
          if (name.equals(META)) {
            same[0] = monitor.readMeta(in);
          }
        });
    if (!same[0]) {
      List<String> old = new ArrayList<>();
      parts.forEach((name, in) -> old.add(name));
      for (String name : old) {
        parts.remove(name);
      }
      return new ColumnMonitor(plan, column);
    }
    parts.forEach(
        (name, in) -> {
          int at = name.indexOf('\n');
          if (at >= 0) {
            String segment = name.substring(at + 1);
            SegmentTrack track = monitor.admitted.get(segment);
            if (track == null) {
              track = monitor.candidates.get(segment);
            }
            if (track == null) {
              track = new SegmentTrack(plan, column, segment);
              monitor.candidates.put(segment, track);
            }
            track.restore(name.substring(0, at), in);
          }
        });
    return monitor;
  }

  private boolean readMeta(DataInputView in) throws IOException {
    boolean same = in.readUTF().equals(plan.fingerprint());
    firstStepMillis = in.readLong();
    closedMillis = in.readLong();
    late = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      String segment = in.readUTF();
      admitted.put(segment, new SegmentTrack(plan, column, segment));
    }
    return same;
  }
}
