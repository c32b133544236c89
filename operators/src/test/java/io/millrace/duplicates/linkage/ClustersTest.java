package io.millrace.duplicates.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClustersTest {
  private final Clusters clusters = new Clusters(Members.inMemory(), 4);

  private ClusterChanges link(String a, String b, double bits) {
    return clusters.link(RecordPair.of(a, b), 1, 1, bits);
  }

  @Test
  void shouldJoinWhatHangsTogether() {
    assertThat(link("b", "c", 9).present()).containsExactly(cluster("b", "b", "b", "c"));
    assertThat(link("d", "e", 9).present()).containsExactly(cluster("d", "d", "d", "e"));

    ClusterChanges joined = link("c", "d", 5);

    assertThat(joined.gone()).containsExactly("d");
    assertThat(joined.present()).containsExactly(cluster("b", "b", "b", "c", "d", "e"));
    assertThat(clusters.clusterOf("e")).contains(cluster("b", "b", "b", "c", "d", "e"));
    assertThat(clusters.clusterOf("x")).isEmpty();
  }

  @Test
  void shouldSplitWhenAPairOrARecordIsWithdrawn() {
    link("b", "c", 9);
    link("d", "e", 9);
    link("c", "d", 5);

    assertThat(clusters.unlink(RecordPair.of("c", "d")).present())
        .containsExactly(cluster("b", "b", "b", "c"), cluster("d", "d", "d", "e"));
    ClusterChanges without = clusters.remove("b");
    assertThat(without.gone()).containsExactly("b");
    assertThat(without.present()).isEmpty();
    assertThat(clusters.clusterOf("c")).isEmpty();
  }

  @Test
  void shouldLetTheMostCompleteRecordRepresent() {
    link("a", "b", 9);
    assertThat(clusters.link(RecordPair.of("b", "c"), 1, 7, 9).present())
        .containsExactly(cluster("a", "c", "a", "b", "c"));
    assertThat(clusters.complete("b", 7).present())
        .as("the smaller id of two equally complete ones")
        .containsExactly(cluster("a", "b", "a", "b", "c"));
    assertThat(clusters.complete("b", 7).present()).as("nothing new").isEmpty();
  }

  @Test
  void shouldNotLetABadPairGlueFullClusters() {
    for (String pair : List.of("ab", "bc", "xy", "yz")) {
      link(pair.substring(0, 1), pair.substring(1), 20);
    }

    ClusterChanges glued = link("c", "x", 4);

    assertThat(glued.gone()).isEmpty();
    assertThat(glued.present())
        .containsExactly(
            new Cluster("a", "a", List.of("a", "b", "c"), true),
            new Cluster("x", "x", List.of("x", "y", "z"), true));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 1000})
  void shouldBeWhatTheMatchesMakeWhateverCameAndWent(int most) {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Map<String, Member> stored = new HashMap<>();
      Clusters incremental = new Clusters(Members.inMemory(stored), most);
      Map<RecordPair, Double> matches = new TreeMap<>();
      Map<String, Integer> completeness = new TreeMap<>();
      SortedMap<String, Cluster> told = new TreeMap<>();
      for (int step = 0; step < 300; step++) {
        String a = "r" + random.nextInt(25);
        String b = "r" + random.nextInt(25);
        ClusterChanges changes = new ClusterChanges(List.of(), List.of());
        switch (random.nextInt(5)) {
          case 0, 1 -> {
            if (!a.equals(b)) {
              RecordPair pair = RecordPair.of(a, b);
              double bits = random.nextInt(10);
              matches.put(pair, bits);
              completeness.putIfAbsent(a, random.nextInt(4));
              completeness.putIfAbsent(b, random.nextInt(4));
              changes =
                  incremental.link(
                      pair, completeness.get(pair.first()), completeness.get(pair.second()), bits);
            }
          }
          case 2 -> {
            if (!a.equals(b)) {
              matches.remove(RecordPair.of(a, b));
              changes = incremental.unlink(RecordPair.of(a, b));
            }
          }
          case 3 -> {
            matches.keySet().removeIf(pair -> pair.first().equals(a) || pair.second().equals(a));
            changes = incremental.remove(a);
          }
          default -> {
            if (completeness.containsKey(a)) {
              completeness.put(a, random.nextInt(4));
              changes = incremental.complete(a, completeness.get(a));
            }
          }
        }
        changes.gone().forEach(told::remove);
        changes.present().forEach(cluster -> told.put(cluster.id(), cluster));
        assertThat(told.values())
            .as("seed %d, step %d", seed, step)
            .containsExactlyInAnyOrderElementsOf(Clusters.of(completeness, matches, most));
      }
      matches.keySet().forEach(pair -> incremental.unlink(pair));
      assertThat(stored).as("nothing is left of records without matches").isEmpty();
    }
  }

  @Test
  void shouldFindTheConnectedComponents() {
    long seed = 5;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Map<String, Integer> completeness = new HashMap<>();
      Map<RecordPair, Double> matches = new HashMap<>();
      Map<String, TreeSet<String>> components = new HashMap<>();
      for (int i = 0; i < 12; i++) {
        completeness.put("r" + i, 0);
        components.put("r" + i, new TreeSet<>(List.of("r" + i)));
      }
      for (int i = 0; i < 8; i++) {
        String a = "r" + random.nextInt(12);
        String b = "r" + random.nextInt(12);
        if (!a.equals(b)) {
          matches.put(RecordPair.of(a, b), 1.0);
          TreeSet<String> both = new TreeSet<>(components.get(a));
          both.addAll(components.get(b));
          both.forEach(id -> components.put(id, both));
        }
      }
      assertThat(Clusters.of(completeness, matches, 100))
          .as("seed %d, round %d", seed, round)
          .extracting(cluster -> new TreeSet<>(cluster.members()))
          .containsExactlyInAnyOrderElementsOf(
              components.values().stream().filter(it -> it.size() > 1).distinct().toList());
    }
  }

  @Test
  void shouldKeepTheStrongestMatchesOfARecordThatHasTooMany() {
    Map<String, Member> stored = new HashMap<>();
    Clusters many = new Clusters(Members.inMemory(stored), 10_000);
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < Clusters.MOST_MATCHES + 10; i++) {
      others.add(i);
    }
    Collections.shuffle(others, new Random(3));
    for (int other : others) {
      many.link(RecordPair.of("hub", "r" + other), 0, 0, other);
    }

    assertThat(stored.get("hub").matches()).hasSize(Clusters.MOST_MATCHES);
    assertThat(stored.get("hub").matches().values()).allMatch(bits -> bits >= 10);
    assertThat(stored).hasSize(Clusters.MOST_MATCHES + 1);
  }

  private static Cluster cluster(String id, String representative, String... members) {
    return new Cluster(id, representative, List.of(members), false);
  }
}
