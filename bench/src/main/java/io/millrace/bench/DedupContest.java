package io.millrace.bench;

import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.RecordPair;
import io.millrace.duplicates.linkage.Thresholds;
import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.FieldComparator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ways to find the duplicates among the same people. */
final class DedupContest {
  /** The default of the pipeline file. */
  private static final Thresholds THRESHOLDS = new Thresholds(0.9, 0.5);

  private static final int NEIGHBOURS = 10;
  private static final double LEAST_COSINE = 0.8;
  private static final double ALONE = 0.9;

  private final People people;
  private final List<ComparedField> fields;
  private final List<BlockingRule> rules;
  private List<PeopleVectors.Near> near;

  private DedupContest(
      People people,
      List<ComparedField> fields,
      List<BlockingRule> rules,
      List<PeopleVectors.Near> near) {
    this.people = people;
    this.fields = fields;
    this.rules = rules;
    this.near = near;
  }

  /**
   * @param fields as in a pipeline file, such as {@code surname jaro_winkler}
   * @param rules as in a pipeline file
   */
  static DedupContest of(People people, List<String> fields, List<String> rules) {
    return new DedupContest(
        people,
        fields.stream().map(DedupContest::field).toList(),
        rules.stream().map(BlockingRule::parse).toList(),
        List.of());
  }

  private static ComparedField field(String text) {
    String[] words = text.split(" ");
    FieldComparator comparator = FieldComparator.valueOf(words[1].toUpperCase(Locale.ROOT));
    return new ComparedField(words[0], comparator, Optional.empty());
  }

  /** Encodes the records, for those contestants that look at vectors. */
  void embed() throws Exception {
    near = PeopleVectors.of(people).neighbours(NEIGHBOURS, LEAST_COSINE);
  }

  /** The same people and vectors, nothing compared but neighbours. */
  DedupContest withoutRules() {
    return new DedupContest(people, fields, List.of(), near);
  }

  PairFigures figures(Set<RecordPair> found) {
    return PairFigures.of(found, people.truth(), people.truePairs());
  }

  /** Records that have the same in all of the fields, and know all of them. */
  PairFigures exactly(String... names) {
    Map<List<String>, List<String>> same = new HashMap<>();
    for (People.Person person : people.persons()) {
      List<String> values = new ArrayList<>();
      for (String name : names) {
        values.add(person.values().get(people.fields().indexOf(name)));
      }
      if (!values.contains("")) {
        same.computeIfAbsent(values, key -> new ArrayList<>()).add(person.id());
      }
    }
    Set<RecordPair> found = new HashSet<>();
    for (List<String> ids : same.values()) {
      for (int i = 0; i < ids.size(); i++) {
        for (int j = i + 1; j < ids.size(); j++) {
          found.add(RecordPair.of(ids.get(i), ids.get(j)));
        }
      }
    }
    return figures(found);
  }

  /** Pairs whose vectors are near enough: what {@code threshold: 0.90} alone does. */
  PairFigures embeddingsAlone() {
    return figures(nearer(ALONE));
  }

  /** The same at the threshold that the answers show to be best, 0.80 or more. */
  PairFigures embeddingsAtBest() {
    return IntStream.range(80, 100)
        .mapToObj(percent -> figures(nearer(percent / 100.0)))
        .max(Comparator.comparingDouble(PairFigures::f1))
        .orElseThrow();
  }

  private Set<RecordPair> nearer(double least) {
    return near.stream()
        .filter(it -> it.cosine() >= least)
        .map(it -> RecordPair.of(id(it.first()), id(it.second())))
        .collect(Collectors.toSet());
  }

  private String id(int record) {
    return people.persons().get(record).id();
  }

  /** Records one by one in an order by seed. */
  DedupStream stream(long seed, boolean withNeighbours, boolean withSimilarity) {
    Linkage linkage = new Linkage(fields, rules, THRESHOLDS, withSimilarity);
    Map<Integer, Map<Integer, Double>> neighbours = new HashMap<>();
    if (withNeighbours) {
      Function<Integer, Map<Integer, Double>> none = key -> new HashMap<>();
      for (PeopleVectors.Near pair : near) {
        neighbours.computeIfAbsent(pair.first(), none).put(pair.second(), pair.cosine());
        neighbours.computeIfAbsent(pair.second(), none).put(pair.first(), pair.cosine());
      }
    }
    List<Integer> order = new ArrayList<>();
    for (int record = 0; record < people.persons().size(); record++) {
      order.add(record);
    }
    Collections.shuffle(order, new Random(seed));
    DedupStream stream = new DedupStream(linkage);
    Map<Integer, ComparedRecord> seen = new HashMap<>();
    for (int place : order) {
      People.Person person = people.persons().get(place);
      ComparedRecord record = linkage.record(person.id(), values(person));
      Map<ComparedRecord, Double> found = new HashMap<>();
      neighbours
          .getOrDefault(place, Map.of())
          .forEach(
              (other, cosine) -> {
                if (seen.containsKey(other)) {
                  found.put(seen.get(other), cosine);
                }
              });
      stream.add(record, found);
      seen.put(place, record);
    }
    return stream;
  }

  private Map<String, String> values(People.Person person) {
    Map<String, String> values = new HashMap<>();
    for (int field = 0; field < people.fields().size(); field++) {
      values.put(people.fields().get(field), person.values().get(field));
    }
    return values;
  }
}
