package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.pipeline.DriftReference;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;

/**
 * One column of one segment: the tallies of its steps, and its reference as it comes to be. Knows
 * event time only as the starts of steps that it is told are closed, in their order.
 *
 * <p>NOT thread safe.
 */
final class SegmentTrack {
  private static final long NONE = Long.MIN_VALUE;
  private static final long DAY = 86_400_000L;

  private final DriftPlan plan;
  private final String segment;
  private final ColumnKind kind;
  private final int cells;

  /** Tallies of steps, as long as a window that covers them is open. */
  private final TreeMap<Long, ColumnTally> steps = new TreeMap<>();

  /** Closed steps that a moving reference reaches. */
  private final TreeMap<Long, ColumnTally> ring = new TreeMap<>();

  /** Of a reference that is being built. */
  private ColumnTally baseline;

  private long anchorMillis = NONE;
  private FrozenReference frozen;

  /** Promoted by a person: stays although the reference would move. */
  private boolean promoted;

  /** Names of parts that differ from what was stored. */
  private final Set<String> dirty = new HashSet<>();

  SegmentTrack(DriftPlan plan, WatchedColumn column, String segment) throws IOException {
    this.plan = plan;
    this.segment = segment;
    this.kind = column.kind();
    this.cells = plan.cells(segment);
    if (plan.reference() == DriftReference.Kind.FILE) {
      loadFile(column.name());
    }
  }

  private void loadFile(String column) throws IOException {
    byte[] bytes = plan.references().getOrDefault(column, Map.of()).get(segment);
    ColumnTally tally =
        bytes == null
            ? ColumnTally.of(kind, cells)
            : ColumnTally.read(cells, new DataInputDeserializer(bytes));
    frozen = FrozenReference.of(tally, plan.referenceText());
  }

  ColumnTally step(long startMillis) {
    dirty.add("step/" + startMillis);
    return steps.computeIfAbsent(startMillis, any -> ColumnTally.of(kind, cells));
  }

  long rowsOf(long stepMillis) {
    ColumnTally tally = steps.get(stepMillis);
    return tally == null ? 0 : tally.rows();
  }

  void forgetStep(long stepMillis) {
    if (steps.remove(stepMillis) != null) {
      dirty.add("step/" + stepMillis);
    }
  }

  boolean hasStepsFrom(long millis) {
    return steps.ceilingKey(millis) != null;
  }

  /** All of a window; empty when there is nothing. */
  Optional<ColumnTally> window(long startMillis, long endMillis) {
    return merged(steps, startMillis, endMillis, cells);
  }

  private Optional<ColumnTally> merged(
      TreeMap<Long, ColumnTally> from, long startMillis, long endMillis, int limit) {
    var covered = from.subMap(startMillis, true, endMillis, false).values();
    if (covered.isEmpty()) {
      return Optional.empty();
    }
    if (covered.size() == 1 && limit == cells) {
      return Optional.of(covered.iterator().next());
    }
    ColumnTally sum = ColumnTally.of(kind, limit);
    covered.forEach(sum::merge);
    return Optional.of(sum);
  }

  /**
   * What the window is held against; empty while there is no complete reference.
   *
   * @param firstMillis start of the monitor's first step
   */
  Optional<FrozenReference> reference(long windowStartMillis, long firstMillis) {
    DriftReference.Kind from = plan.reference();
    if (frozen != null && (promoted || !from.moves())) {
      boolean insideBaseline =
          from == DriftReference.Kind.FIRST
              && anchorMillis != NONE
              && windowStartMillis < anchorMillis + plan.spanMillis();
      return insideBaseline && !promoted ? Optional.empty() : Optional.of(frozen);
    }
    if (!from.moves() || windowStartMillis - plan.spanMillis() < firstMillis) {
      return Optional.empty();
    }
    ColumnTally sum = ColumnTally.of(kind, cells);
    long period =
        switch (from) {
          case SAME_HOUR_OF_DAY -> DAY;
          case SAME_WEEKDAY -> 7 * DAY;
          default -> plan.spanMillis();
        };
    long length = from == DriftReference.Kind.TRAILING ? period : plan.windowMillis();
    for (long back = period; back <= plan.spanMillis(); back += period) {
      long start = windowStartMillis - back;
      ring.subMap(start, true, start + length, false).values().forEach(sum::merge);
    }
    return Optional.of(FrozenReference.of(sum, plan.referenceText()));
  }

  /** Before a closed step is compared: a reference whose time has passed is complete. */
  void completeBefore(long stepMillis) {
    if (plan.reference() == DriftReference.Kind.FIRST
        && frozen == null
        && anchorMillis != NONE
        && stepMillis >= anchorMillis + plan.spanMillis()) {
      frozen =
          FrozenReference.of(
              baseline, plan.referenceText() + " from " + Instant.ofEpochMilli(anchorMillis));
      baseline = null;
      dirty.add("frozen");
      dirty.add("baseline");
    }
  }

  /** After a step was compared it may become part of the reference. */
  void absorb(long stepMillis) {
    ColumnTally tally = steps.get(stepMillis);
    if (tally == null || tally.rows() == 0) {
      return;
    }
    if (plan.reference() == DriftReference.Kind.FIRST && frozen == null) {
      if (anchorMillis == NONE) {
        anchorMillis = stepMillis;
        baseline = ColumnTally.of(kind, cells);
      }
      baseline.merge(tally);
      dirty.add("baseline");
    } else if (plan.reference().moves()) {
      ColumnTally coarse = ColumnTally.of(kind, DriftPlan.CELLS_OF_PART);
      coarse.merge(tally);
      ring.put(stepMillis, coarse);
      dirty.add("ring/" + stepMillis);
    }
  }

  /**
   * Forgets steps before the one that the next window begins with, and what no reference reaches.
   */
  void forgetBefore(long nextWindowStartMillis) {
    forget(steps, nextWindowStartMillis, "step/");
    forget(ring, nextWindowStartMillis - plan.spanMillis(), "ring/");
  }

  private void forget(TreeMap<Long, ColumnTally> tallies, long beforeMillis, String part) {
    var old = tallies.headMap(beforeMillis, false);
    old.keySet().forEach(step -> dirty.add(part + step));
    old.clear();
  }

  /** Makes a window the reference until told otherwise. */
  void promote(long startMillis, long endMillis, String label) {
    window(startMillis, endMillis)
        .ifPresent(
            tally -> {
              frozen = FrozenReference.of(tally, label);
              promoted = true;
              baseline = null;
              dirty.add("frozen");
              dirty.add("baseline");
            });
  }

  /** Forgets the reference, so that a new one is made. */
  void rebuild(WatchedColumn column) throws IOException {
    frozen = null;
    promoted = false;
    baseline = null;
    anchorMillis = NONE;
    ring.keySet().forEach(step -> dirty.add("ring/" + step));
    ring.clear();
    if (plan.reference() == DriftReference.Kind.FILE) {
      loadFile(column.name());
    }
    dirty.add("frozen");
    dirty.add("baseline");
  }

  /** Stores what has changed since the last time. */
  void flush(Parts parts) throws Exception {
    for (String name : dirty) {
      String full = name + "\n" + segment;
      if (name.equals("frozen")) {
        flushFrozen(parts, full);
      } else if (name.equals("baseline")) {
        if (baseline == null && anchorMillis == NONE) {
          parts.remove(full);
        } else {
          parts.put(
              full,
              out -> {
                out.writeLong(anchorMillis);
                out.writeBoolean(baseline != null);
                if (baseline != null) {
                  baseline.write(out);
                }
              });
        }
      } else {
        int slash = name.indexOf('/');
        TreeMap<Long, ColumnTally> tallies = name.startsWith("step") ? steps : ring;
        ColumnTally tally = tallies.get(Long.parseLong(name.substring(slash + 1)));
        if (tally == null) {
          parts.remove(full);
        } else {
          parts.put(full, tally::write);
        }
      }
    }
    dirty.clear();
  }

  private void flushFrozen(Parts parts, String full) throws Exception {
    boolean fromFile = plan.reference() == DriftReference.Kind.FILE && !promoted;
    if (frozen == null || fromFile) {
      parts.remove(full);
    } else {
      parts.put(
          full,
          out -> {
            out.writeBoolean(promoted);
            frozen.write(out);
          });
    }
  }

  void restore(String name, DataInputView in) throws IOException {
    if (name.equals("frozen")) {
      promoted = in.readBoolean();
      frozen = FrozenReference.read(in);
    } else if (name.equals("baseline")) {
      anchorMillis = in.readLong();
      baseline = in.readBoolean() ? ColumnTally.read(cells, in) : null;
    } else {
      long step = Long.parseLong(name.substring(name.indexOf('/') + 1));
      if (name.startsWith("step")) {
        steps.put(step, ColumnTally.read(cells, in));
      } else {
        ring.put(step, ColumnTally.read(DriftPlan.CELLS_OF_PART, in));
      }
    }
  }

  /** Removes all of it from the store. */
  void markRemoved() {
    steps.keySet().forEach(step -> dirty.add("step/" + step));
    steps.clear();
  }
}
