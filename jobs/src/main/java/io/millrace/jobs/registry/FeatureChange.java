package io.millrace.jobs.registry;

import io.millrace.jobs.registry.FeatureLock.LockedView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A feature that is not what was accepted.
 *
 * @param kind what happened to it
 * @param raised whether the view's version was raised since
 */
public record FeatureChange(String view, String feature, Kind kind, boolean raised) {

  /** What can happen to a feature. */
  public enum Kind {
    /** It is new, which harms nobody. */
    ADDED,
    /** Its name now means something else. */
    CHANGED,
    /** It is gone. */
    REMOVED
  }

  /** Whether those who use it would be given something else under the same version. */
  public boolean isRefused() {
    return kind == Kind.CHANGED && !raised;
  }

  /** Everything that differs, views and features in the order of the newer lock. */
  static List<FeatureChange> between(FeatureLock accepted, FeatureLock now) {
    List<FeatureChange> changes = new ArrayList<>();
    now.views()
        .forEach(
            (name, view) -> {
              LockedView before = accepted.views().getOrDefault(name, new LockedView(0, Map.of()));
              boolean raised = view.version() > before.version();
              view.features()
                  .forEach(
                      (feature, fingerprint) -> {
                        String was = before.features().get(feature);
                        if (was == null) {
                          changes.add(new FeatureChange(name, feature, Kind.ADDED, raised));
                        } else if (!was.equals(fingerprint)) {
                          changes.add(new FeatureChange(name, feature, Kind.CHANGED, raised));
                        }
                      });
              removed(name, before, view, raised, changes);
            });
    accepted
        .views()
        .forEach(
            (name, before) -> {
              if (!now.views().containsKey(name)) {
                removed(name, before, new LockedView(0, Map.of()), false, changes);
              }
            });
    return changes;
  }

  private static void removed(
      String name, LockedView before, LockedView now, boolean raised, List<FeatureChange> changes) {
    before.features().keySet().stream()
        .filter(feature -> !now.features().containsKey(feature))
        .forEach(feature -> changes.add(new FeatureChange(name, feature, Kind.REMOVED, raised)));
  }
}
