package io.millrace.duplicates.linkage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A record that has matches, as {@link Members} hold it.
 *
 * @param completeness how much the record knows; the most complete one represents its cluster
 * @param matches bits of the matches with other records, by their id; at most {@link
 *     Clusters#MOST_MATCHES}
 */
public record Member(String id, int completeness, SortedMap<String, Double> matches) {
  public Member {
    matches = Collections.unmodifiableSortedMap(new TreeMap<>(matches));
  }

  Member withCompleteness(int value) {
    return new Member(id, value, matches);
  }

  Member with(String other, double bits) {
    SortedMap<String, Double> more = new TreeMap<>(matches);
    more.put(other, bits);
    return new Member(id, completeness, more);
  }

  Member without(String other) {
    SortedMap<String, Double> less = new TreeMap<>(matches);
    less.remove(other);
    return new Member(id, completeness, less);
  }
}
