package io.millrace.duplicates.linkage;

import java.util.List;

/**
 * What one step changed about the clusters.
 *
 * @param gone ids of clusters that are no more, ascending
 * @param present clusters that are new or differ from before, by ascending id
 */
public record ClusterChanges(List<String> gone, List<Cluster> present) {
  public ClusterChanges {
    gone = List.copyOf(gone);
    present = List.copyOf(present);
  }
}
