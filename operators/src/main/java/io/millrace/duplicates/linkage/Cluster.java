package io.millrace.duplicates.linkage;

import java.util.List;

/**
 * Records that are taken for the same thing.
 *
 * @param id the smallest id of the members: the same whatever the order in which they were found
 * @param representative the member that knows the most, the smallest id of several such
 * @param members at least two, ascending
 * @param limited matches with other clusters were passed over, as together they would have too many
 *     members: somebody should look at it
 */
public record Cluster(String id, String representative, List<String> members, boolean limited) {
  public Cluster {
    members = List.copyOf(members);
  }
}
