package io.millrace.duplicates.linkage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which records are the same thing, by the matches between them: the connected components, kept
 * while matches come and go.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>The clusters follow from the set of matches, their bits and the completeness of the
 *       records; the order in which they were told makes no difference.
 *   <li>A cluster has at most {@code most} members: matches join clusters the strongest first (most
 *       bits, then the smallest ids), and one that would make a cluster too big is passed over. So
 *       a single bad pair cannot glue two full clusters together.
 *   <li>The most complete member represents a cluster, the smallest id of several such.
 * </ol>
 *
 * <p>A change costs a walk over the records that hang together with the changed one: O(matches log
 * matches). Only records that have matches are kept, each with at most {@value #MOST_MATCHES} of
 * them, the strongest: to a record with more than those the first invariant does not apply. NOT
 * thread safe.
 */
public final class Clusters {
  /** Matches of one record that are kept. */
  public static final int MOST_MATCHES = 256;

  private static final Comparator<Match> STRONGEST_FIRST =
      Comparator.comparingDouble(Match::bits).reversed().thenComparing(Match::pair);

  private final Members members;
  private final int most;

  private record Match(RecordPair pair, double bits) {}

  /**
   * @param most members of a cluster, at least 2
   */
  public Clusters(Members members, int most) {
    if (most < 2) {
      throw new IllegalArgumentException("a cluster has at least 2 members, not at most " + most);
    }
    this.members = members;
    this.most = most;
  }

  /**
   * A pair is a match: for the first time, or with other bits than before.
   *
   * @param completenessOfFirst how much the pair's first record knows
   * @param completenessOfSecond the same of the second
   */
  public ClusterChanges link(
      RecordPair pair, int completenessOfFirst, int completenessOfSecond, double bits) {
    List<String> touched = List.of(pair.first(), pair.second());
    return changes(
        touched,
        () -> {
          members.put(known(pair.first(), completenessOfFirst).with(pair.second(), bits));
          members.put(known(pair.second(), completenessOfSecond).with(pair.first(), bits));
          touched.forEach(this::shed);
        });
  }

  /** A pair is no match any more. Nothing happens when it was none. */
  public ClusterChanges unlink(RecordPair pair) {
    return changes(
        List.of(pair.first(), pair.second()),
        () -> {
          drop(pair.first(), pair.second());
          drop(pair.second(), pair.first());
        });
  }

  /** A record knows more or less than before. */
  public ClusterChanges complete(String id, int completeness) {
    Member member = members.get(id);
    if (member == null || member.completeness() == completeness) {
      return new ClusterChanges(List.of(), List.of());
    }
    return changes(List.of(id), () -> members.put(member.withCompleteness(completeness)));
  }

  /** A record is gone, and with it its matches. */
  public ClusterChanges remove(String id) {
    Member member = members.get(id);
    if (member == null) {
      return new ClusterChanges(List.of(), List.of());
    }
    List<String> touched = new ArrayList<>(member.matches().keySet());
    touched.add(id);
    return changes(
        touched,
        () -> {
          member.matches().keySet().forEach(other -> drop(other, id));
          members.remove(id);
        });
  }

  /** The cluster of a record, if it has matches. */
  public Optional<Cluster> clusterOf(String id) {
    return clustersAround(List.of(id)).values().stream()
        .filter(cluster -> cluster.members().contains(id))
        .findFirst();
  }

  private Member known(String id, int completeness) {
    Member member = members.get(id);
    return member == null
        ? new Member(id, completeness, new TreeMap<>())
        : member.withCompleteness(completeness);
  }

  /** Takes the weakest match from a record that has too many. */
  private void shed(String id) {
    Member member = members.get(id);
    if (member.matches().size() > MOST_MATCHES) {
      String weakest =
          member.matches().entrySet().stream()
              .max(
                  (a, b) ->
                      STRONGEST_FIRST.compare(
                          new Match(RecordPair.of(id, a.getKey()), a.getValue()),
                          new Match(RecordPair.of(id, b.getKey()), b.getValue())))
              .orElseThrow()
              .getKey();
      drop(id, weakest);
      drop(weakest, id);
    }
  }

  private void drop(String id, String other) {
    Member member = members.get(id);
    if (member == null) {
      return;
    }
    Member rest = member.without(other);
    if (rest.matches().isEmpty()) {
      members.remove(id);
    } else {
      members.put(rest);
    }
  }

  private ClusterChanges changes(List<String> touched, Runnable change) {
    SortedMap<String, Cluster> before = clustersAround(touched);
    change.run();
    // A record may have shed a match that nobody named.
    List<String> around = new ArrayList<>(touched);
    before.values().forEach(cluster -> around.addAll(cluster.members()));
    SortedMap<String, Cluster> after = clustersAround(around);
    List<String> gone = before.keySet().stream().filter(id -> !after.containsKey(id)).toList();
    List<Cluster> present =
        after.values().stream().filter(it -> !it.equals(before.get(it.id()))).toList();
    return new ClusterChanges(gone, present);
  }

  /** The clusters of all records that hang together with the given ones, by their ids. */
  private SortedMap<String, Cluster> clustersAround(List<String> ids) {
    SortedMap<String, Cluster> clusters = new TreeMap<>();
    Map<String, Member> visited = new HashMap<>();
    for (String id : ids) {
      Map<String, Member> component = component(id, visited);
      if (!component.isEmpty()) {
        partition(component).forEach(cluster -> clusters.put(cluster.id(), cluster));
      }
    }
    return clusters;
  }

  /** Empty when the record has no matches, or was visited. */
  private Map<String, Member> component(String id, Map<String, Member> visited) {
    Map<String, Member> component = new HashMap<>();
    Deque<String> waiting = new ArrayDeque<>();
    waiting.add(id);
    while (!waiting.isEmpty()) {
      String next = waiting.remove();
      Member member = visited.containsKey(next) ? null : members.get(next);
      if (member != null) {
        visited.put(next, member);
        component.put(next, member);
        waiting.addAll(member.matches().keySet());
      }
    }
    return component;
  }

  private List<Cluster> partition(Map<String, Member> component) {
    Map<String, Integer> completeness = new HashMap<>();
    Map<RecordPair, Double> matches = new HashMap<>();
    component
        .values()
        .forEach(
            member -> {
              completeness.put(member.id(), member.completeness());
              member
                  .matches()
                  .tailMap(member.id())
                  .forEach((other, bits) -> matches.put(new RecordPair(member.id(), other), bits));
            });
    return of(completeness, matches, most);
  }

  /**
   * The clusters of records that hang together, or of several such groups: a pure function.
   *
   * @param completeness how much each record knows, by its id; at least of all in the matches
   * @param matches their bits
   * @param most members of a cluster
   * @return clusters of two members and more, in no particular order
   */
  public static List<Cluster> of(
      Map<String, Integer> completeness, Map<RecordPair, Double> matches, int most) {
    List<Match> strongest =
        matches.entrySet().stream()
            .map(entry -> new Match(entry.getKey(), entry.getValue()))
            .sorted(STRONGEST_FIRST)
            .toList();
    Map<String, List<String>> groups = new HashMap<>();
    completeness.keySet().forEach(id -> groups.put(id, new ArrayList<>(List.of(id))));
    Set<String> passedOver = new HashSet<>();
    for (Match match : strongest) {
      List<String> left = groups.get(match.pair().first());
      List<String> right = groups.get(match.pair().second());
      if (left == right) {
        continue;
      }
      if (left.size() + right.size() > most) {
        passedOver.add(match.pair().first());
        passedOver.add(match.pair().second());
        continue;
      }
      List<String> larger = left.size() >= right.size() ? left : right;
      List<String> smaller = larger == left ? right : left;
      larger.addAll(smaller);
      smaller.forEach(id -> groups.put(id, larger));
    }
    List<Cluster> clusters = new ArrayList<>();
    for (Map.Entry<String, List<String>> entry : groups.entrySet()) {
      List<String> group = entry.getValue();
      // Each group once: from the entry of its first member.
      if (group.size() > 1 && group.get(0).equals(entry.getKey())) {
        boolean limited = group.stream().anyMatch(passedOver::contains);
        clusters.add(cluster(group, completeness, limited));
      }
    }
    return clusters;
  }

  private static Cluster cluster(
      List<String> group, Map<String, Integer> completeness, boolean limited) {
    List<String> ids = group.stream().sorted().toList();
    String representative =
        ids.stream()
            .max(
                Comparator.<String>comparingInt(completeness::get)
                    .thenComparing(Comparator.reverseOrder()))
            .orElseThrow();
    return new Cluster(ids.get(0), representative, ids, limited);
  }
}
