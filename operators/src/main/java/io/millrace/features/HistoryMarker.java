package io.millrace.features;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * What the state of a view with {@code bootstrap: offline} says of its own past: which aggregates
 * know all rows of how long a window, because they were computed from history or because everything
 * that came since was taken in. Kept beside the state of the keys.
 *
 * <pre>
 *   state         key   grows with                                  cleared when
 *   bootstrapped  none  aggregates of the view, in one subtask      never; written anew at each start
 * </pre>
 *
 * <p>An entry is a text, {@code <window in ms> <aggregate>}, or {@code lifetime <aggregate>}.
 */
public final class HistoryMarker {
  /** Union list state: every subtask reads all of it, the first one writes it. */
  public static final ListStateDescriptor<String> STATE =
      new ListStateDescriptor<>("bootstrapped", StringSerializer.INSTANCE);

  private static final String LIFETIME = "lifetime";
  private static final int SHOWN = 3;

  private HistoryMarker() {}

  /** The entries of state that knows everything a view can ask of it. */
  static List<String> whole(StateShape shape) {
    Map<String, Long> windows = new LinkedHashMap<>();
    for (int k : shape.kernelsOfTile()) {
      windows.put(shape.kernels()[k].id(), shape.widest() * shape.hops().millis());
    }
    return entries(windows, lifetime(shape));
  }

  /**
   * What a view asks of its past and its state does not know.
   *
   * @param entries as they were kept; empty when the state has none
   * @return as entries; empty when the state knows everything
   */
  public static List<String> missing(FeaturePlan plan, List<String> entries) {
    return missing(StateShape.of(plan), entries);
  }

  static List<String> missing(StateShape shape, List<String> entries) {
    Map<String, Long> known = windows(entries);
    Map<String, Long> wanted = new LinkedHashMap<>();
    for (int w = 0; w < shape.windows(); w++) {
      for (int k : shape.kernelsOfTotal(w)) {
        wanted.put(shape.kernels()[k].id(), shape.tiles(w) * shape.hops().millis());
      }
    }
    wanted.entrySet().removeIf(it -> known.getOrDefault(it.getKey(), 0L) >= it.getValue());
    List<String> lifetime = lifetime(shape);
    lifetime.removeIf(id -> entries.contains(LIFETIME + " " + id));
    return entries(wanted, lifetime);
  }

  /** What stays known once state is kept in a shape: tiles beyond its widest window are not. */
  static List<String> kept(StateShape shape, List<String> entries) {
    Map<String, Long> known = windows(entries);
    long widest = shape.widest() * shape.hops().millis();
    Map<String, Long> windows = new LinkedHashMap<>();
    for (int k : shape.kernelsOfTile()) {
      String id = shape.kernels()[k].id();
      if (known.containsKey(id)) {
        windows.put(id, Math.min(widest, known.get(id)));
      }
    }
    List<String> lifetime = lifetime(shape);
    lifetime.removeIf(id -> !entries.contains(LIFETIME + " " + id));
    return entries(windows, lifetime);
  }

  private static List<String> lifetime(StateShape shape) {
    List<String> ids = new ArrayList<>();
    if (shape.lifetime()) {
      for (int k : shape.kernelsOfTotal(shape.lifetimeCell())) {
        ids.add(shape.kernels()[k].id());
      }
    }
    return ids;
  }

  private static List<String> entries(Map<String, Long> windows, List<String> lifetime) {
    List<String> entries = new ArrayList<>();
    windows.forEach((id, millis) -> entries.add(millis + " " + id));
    lifetime.forEach(id -> entries.add(LIFETIME + " " + id));
    return entries;
  }

  private static Map<String, Long> windows(List<String> entries) {
    Map<String, Long> windows = new LinkedHashMap<>();
    for (String entry : entries) {
      String[] parts = entry.split(" ", 2);
      if (!parts[0].equals(LIFETIME)) {
        windows.merge(parts[1], Long.parseLong(parts[0]), Math::max);
      }
    }
    return windows;
  }

  /**
   * Lets a view begin only with state that knows its past.
   *
   * @throws SuppressRestartsException with what to do otherwise
   */
  static void require(StateShape shape, StateInitializationContext context, int subtask)
      throws Exception {
    ListState<String> state = context.getOperatorStateStore().getUnionListState(STATE);
    List<String> entries = new ArrayList<>();
    state.get().forEach(entries::add);
    List<String> missing = missing(shape, entries);
    if (!missing.isEmpty()) {
      // To try again would not help.
      throw new SuppressRestartsException(
          new IllegalStateException(refusal(shape.view(), missing, context.isRestored())));
    }
    state.update(subtask == 0 ? kept(shape, entries) : List.of());
  }

  /**
   * Why a view does not start, and what to do.
   *
   * @param missing not empty
   * @param restored whether the job starts from a savepoint
   */
  public static String refusal(String view, List<String> missing, boolean restored) {
    return "view %s has bootstrap: offline, but %s does not hold its history (%s): %s"
        .formatted(
            view,
            restored ? "the savepoint" : "a job that starts empty",
            words(missing),
            restored
                ? "run scripts/millrace backfill PIPELINE "
                    + view
                    + " --into SAVEPOINT, and start from the savepoint that it writes"
                : "run scripts/millrace backfill PIPELINE "
                    + view
                    + ", and start from the savepoint that it writes");
  }

  private static String words(List<String> missing) {
    List<String> first = missing.stream().limit(SHOWN).map(HistoryMarker::words).toList();
    int more = missing.size() - first.size();
    return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
  }

  private static String words(String entry) {
    String[] parts = entry.split(" ", 2);
    return parts[0].equals(LIFETIME)
        ? parts[1]
        : parts[1] + " over " + Duration.ofMillis(Long.parseLong(parts[0]));
  }
}
