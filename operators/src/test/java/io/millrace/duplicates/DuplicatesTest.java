package io.millrace.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.MatchEstimator;
import io.millrace.duplicates.linkage.MatchModel;
import io.millrace.duplicates.linkage.PairComparison;
import io.millrace.duplicates.linkage.Verdict;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.records.DuplicatePair.Reason;
import io.millrace.vectors.DuplicateMark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicatesTest {
  private static final int PERSONS = 60;

  /** Names that share letters are near one another. */
  private static double similarity(CandidateRow a, CandidateRow b) {
    TreeSet<String> both = grams(a);
    TreeSet<String> all = grams(a);
    all.addAll(grams(b));
    both.retainAll(grams(b));
    return Math.round(1e4 * (0.5 + 0.5 * both.size() / all.size())) / 1e4;
  }

  private static TreeSet<String> grams(CandidateRow row) {
    String name = row.contentHash();
    TreeSet<String> grams = new TreeSet<>();
    for (int i = 0; i + 2 <= name.length(); i++) {
      grams.add(name.substring(i, i + 2));
    }
    return grams;
  }

  private record Change(CandidateRow row, boolean delete) {}

  /** Rows that come, change and go; those of one row in order, others at random. */
  private static List<Change> changes(DuplicatesPlan plan, Random random, boolean tenants) {
    List<List<Change>> ofRows = new ArrayList<>();
    for (int number = 0; number < PERSONS; number++) {
      String tenant = tenants ? "tenant-" + number % 2 : "";
      List<Change> ofRow = new ArrayList<>();
      for (int version = 1 + random.nextInt(3); version > 0; version--) {
        ofRow.add(new Change(People.person(plan, number, tenant, ofRow.size() + 1, random), false));
      }
      if (random.nextInt(6) == 0) {
        CandidateRow last = ofRow.get(ofRow.size() - 1).row();
        ofRow.add(
            new Change(
                new CandidateRow(
                    last.id(), last.key(), tenant, last.version() + 1, "", 0, List.of(), List.of()),
                true));
      }
      ofRows.add(ofRow);
    }
    return merged(ofRows, random);
  }

  private static List<Change> merged(List<List<Change>> ofRows, Random random) {
    List<Integer> turns = new ArrayList<>();
    for (int i = 0; i < ofRows.size(); i++) {
      turns.addAll(Collections.nCopies(ofRows.get(i).size(), i));
    }
    Collections.shuffle(turns, random);
    int[] next = new int[ofRows.size()];
    return turns.stream().map(row -> ofRows.get(row).get(next[row]++)).toList();
  }

  /** The same changes in another order. */
  private static List<Change> reordered(List<Change> changes, Random random) {
    Map<String, List<Change>> ofRows = new TreeMap<>();
    changes.forEach(
        change -> ofRows.computeIfAbsent(change.row().id(), id -> new ArrayList<>()).add(change));
    return merged(List.copyOf(ofRows.values()), random);
  }

  private static void play(DuplicatesHarness harness, List<Change> changes) throws Exception {
    for (Change change : changes) {
      if (change.delete()) {
        harness.acknowledgeDelete(change.row());
      } else {
        harness.acknowledge(change.row());
      }
    }
  }

  private static Map<String, CandidateRow> last(List<Change> changes) {
    Map<String, CandidateRow> rows = new TreeMap<>();
    for (Change change : changes) {
      if (change.delete()) {
        rows.remove(change.row().id());
      } else {
        rows.put(change.row().id(), change.row());
      }
    }
    return rows;
  }

  /** The pairs that match, by the rows as they are in the end. */
  private static TreeSet<String> matches(DuplicatesPlan plan, Map<String, CandidateRow> rows) {
    Linkage linkage = plan.linkage();
    MatchEstimator estimator = new MatchEstimator(linkage);
    Map<String, ComparedRecord> records = new TreeMap<>();
    rows.forEach((id, row) -> records.put(id, new ComparedRecord(id, row.values())));
    records.values().forEach(estimator::observe);
    Map<String, PairComparison> pairs = new TreeMap<>();
    for (ComparedRecord a : records.values()) {
      for (ComparedRecord b : records.values()) {
        double alike = similarity(rows.get(a.id()), rows.get(b.id()));
        boolean near = plan.neighbours() != null && alike >= plan.spec().neighbours().similarity();
        if (a.id().compareTo(b.id()) < 0
            && (near || Linkage.firstShared(linkage.keysOf(a), linkage.keysOf(b)) >= 0)) {
          pairs.put(a.id() + "/" + b.id(), linkage.compare(a, b, near ? alike : Linkage.NO_COSINE));
        }
      }
    }
    pairs.values().forEach(estimator::observe);
    MatchModel model = estimator.settle();
    return pairs.entrySet().stream()
        .filter(pair -> model.verdictOf(pair.getValue()) == Verdict.MATCH)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static TreeSet<String> matches(DuplicatesHarness harness) {
    return harness.pairs.entrySet().stream()
        .filter(pair -> pair.getValue().decision() == Decision.MATCH)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The smallest id of each row's component, of rows in pairs. */
  private static Map<String, String> components(TreeSet<String> pairs) {
    Map<String, String> smallest = new TreeMap<>();
    for (String pair : pairs) {
      Arrays.stream(pair.split("/")).forEach(id -> smallest.put(id, id));
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (String pair : pairs) {
        String[] ids = pair.split("/");
        String first = Collections.min(List.of(smallest.get(ids[0]), smallest.get(ids[1])));
        for (String id : ids) {
          changed |= !first.equals(smallest.put(id, first));
        }
      }
    }
    return smallest;
  }

  @ParameterizedTest
  @CsvSource({"1, false, true", "2, true, false", "3, true, true", "4, true, true"})
  void shouldEndTheSameInEveryOrderOfTheSameChanges(long seed, boolean neighbours, boolean restarts)
      throws Exception {
    System.out.println("seed " + seed);
    DuplicatesPlan plan = People.plan(People.spec(200, neighbours, true));
    List<Change> changes = changes(plan, new Random(seed), false);
    Map<String, DuplicatePair> pairs = null;
    Map<String, ClusterMember> members = null;
    for (int order = 0; order < 3; order++) {
      Random random = new Random(seed * 31 + order);
      try (DuplicatesHarness harness =
          new DuplicatesHarness(plan, random, restarts, DuplicatesTest::similarity)) {
        play(harness, reordered(changes, random));
        if (order % 2 == 0) {
          harness.settle();
        } else {
          harness.end();
        }
        if (pairs == null) {
          TreeSet<String> expected = matches(plan, last(changes));
          assertThat(expected.size()).isBetween(10, 200);
          assertThat(matches(harness)).isEqualTo(expected);
          assertThat(harness.members.values())
              .allSatisfy(
                  member ->
                      assertThat(member.cluster())
                          .isEqualTo(components(expected).get(member.point())));
          assertThat(harness.members.keySet()).isEqualTo(components(expected).keySet());
          pairs = new HashMap<>(harness.pairs);
          members = new HashMap<>(harness.members);
        }
        assertThat(harness.pairs).isEqualTo(pairs);
        assertThat(harness.members).isEqualTo(members);
      }
    }
  }

  @Test
  void shouldKeepTenantsApart() throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(200, true, true));
    Random random = new Random(8);
    try (DuplicatesHarness harness =
        new DuplicatesHarness(plan, random, false, DuplicatesTest::similarity)) {
      play(harness, changes(plan, random, true));
      harness.settle();

      assertThat(harness.pairs).isNotEmpty();
      Map<String, String> tenants = new HashMap<>();
      for (int number = 0; number < PERSONS; number++) {
        tenants.put(People.id(number), "tenant-" + number % 2);
      }
      assertThat(harness.pairs.values())
          .allSatisfy(
              pair -> {
                assertThat(tenants.get(pair.pointA())).isEqualTo(pair.tenant());
                assertThat(tenants.get(pair.pointB())).isEqualTo(pair.tenant());
              });
      assertThat(harness.members.values())
          .allSatisfy(
              member -> assertThat(tenants.get(member.cluster())).isEqualTo(member.tenant()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldHoldNothingWhenAllRowsAreDeleted(boolean neighbours) throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(10, neighbours, true));
    Random random = new Random(9);
    try (DuplicatesHarness harness =
        new DuplicatesHarness(plan, random, true, DuplicatesTest::similarity)) {
      List<Change> changes = changes(plan, random, false);
      play(harness, changes);
      harness.settle();
      assertThat(harness.pairs).isNotEmpty();
      assertThat(harness.stateEntries()).isPositive();
      for (CandidateRow row : last(changes).values()) {
        harness.acknowledgeDelete(
            new CandidateRow(
                row.id(), row.key(), "", row.version() + 1, "", 0, List.of(), List.of()));
      }
      harness.settle();

      assertThat(harness.pairs).isEmpty();
      assertThat(harness.members).isEmpty();
      assertThat(harness.marks.values()).extracting(DuplicateMark::duplicateOf).containsOnly("");
      assertThat(harness.stateEntries()).isZero();
      // One tally for the tenant is all that stays.
      assertThat(harness.judgeEntries()).isEqualTo(1);
    }
  }

  @Test
  void shouldCompareTheSameRowsOfAFullBlockInEveryOrder() throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(6, false, true));
    Map<String, DuplicatePair> pairs = null;
    for (int order = 0; order < 4; order++) {
      Random random = new Random(order);
      try (DuplicatesHarness harness =
          new DuplicatesHarness(plan, random, true, DuplicatesTest::similarity)) {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
          numbers.add(number);
        }
        Collections.shuffle(numbers, random);
        for (int number : numbers) {
          harness.acknowledge(
              People.row(plan, number, "", 1, "meredith isabella", "1944-05-14", "perth"));
        }
        harness.settle();
        assertThat(harness.pairs).hasSize(15);
        pairs = pairs == null ? new HashMap<>(harness.pairs) : pairs;
        assertThat(harness.pairs).isEqualTo(pairs);
      }
    }
  }

  @Test
  void shouldTakeTheSimilarityForTheScoreWhereNoFieldsAreCompared() throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(200, true, false));
    try (DuplicatesHarness harness =
        new DuplicatesHarness(plan, new Random(3), false, (a, b) -> 0.95)) {
      harness.acknowledge(People.row(plan, 1, "", 5_000, "meredith", "1944-05-14", "perth"));
      harness.acknowledge(People.row(plan, 2, "", 7_000, "meredyth", "1944-05-14", null));
      harness.settle();

      assertThat(harness.pairs.values())
          .singleElement()
          .satisfies(
              pair -> {
                assertThat(pair.decision()).isEqualTo(Decision.MATCH);
                assertThat(pair.score()).isEqualTo(0.95);
                assertThat(pair.similarity()).isEqualTo(0.95);
                assertThat(pair.foundBy()).isEqualTo("neighbour");
                assertThat(pair.eventTimeMillis()).isEqualTo(7);
              });
      assertThat(harness.marks.get(People.id(2)).duplicateOf()).isEqualTo("{\"number\":1}");
      assertThat(harness.marks.get(People.id(1)).duplicateOf()).isEmpty();
    }
  }

  @Test
  void shouldSayWhyAndHideWhatIsPersonal() throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(200, false, true));
    try (DuplicatesHarness harness =
        new DuplicatesHarness(plan, new Random(3), false, DuplicatesTest::similarity)) {
      harness.acknowledge(People.row(plan, 1, "", 1, "meredith", "1944-05-14", "perth"));
      harness.acknowledge(People.row(plan, 2, "", 1, "meredyth", "1944-05-14", "perth"));
      harness.settle();

      List<Reason> reasons = harness.pairs.values().iterator().next().reasons();
      assertThat(reasons).extracting(Reason::field).containsExactly("name", "born", "city");
      assertThat(reasons.get(0).a() + reasons.get(0).b()).contains("meredith", "meredyth");
      assertThat(reasons.get(1).agreement()).isEqualTo("equal");
      assertThat(reasons.get(1).weight()).isPositive();
      assertThat(reasons.get(1).a() + reasons.get(1).b()).isEmpty();
      assertThat(harness.told.toString()).doesNotContain("1944");
    }
  }

  @Test
  void shouldSplitAClusterWhenTheRowBetweenIsDeleted() throws Exception {
    DuplicatesPlan plan = People.plan(People.spec(200, true, false));
    // 1 is near 2, and 2 is near 3.
    try (DuplicatesHarness harness =
        new DuplicatesHarness(
            plan,
            new Random(4),
            true,
            (a, b) -> Math.abs(number(a) - number(b)) == 1 ? 0.95 : 0.1)) {
      for (int number : new int[] {3, 1, 2}) {
        harness.acknowledge(People.row(plan, number, "", 1, "n" + number, "1944-05-14", "x"));
      }
      harness.settle();
      assertThat(harness.members.values()).extracting(ClusterMember::size).containsOnly(3);
      assertThat(harness.members).hasSize(3);

      harness.acknowledgeDelete(People.row(plan, 2, "", 2, "n2", "1944-05-14", "x"));
      harness.settle();

      assertThat(harness.pairs).isEmpty();
      assertThat(harness.members).isEmpty();
    }
  }

  private static int number(CandidateRow row) {
    return Integer.parseInt(row.key().replaceAll("\\D", ""));
  }

  @Test
  void shouldForgetRowsThatDidNotChangeForLong() throws Exception {
    DuplicatesSpec spec = People.spec(200, false, true);
    DuplicatesPlan plan =
        People.plan(
            new DuplicatesSpec(
                spec.threshold(),
                spec.review(),
                spec.compare(),
                spec.blocks(),
                spec.neighbours(),
                spec.largestBlock(),
                spec.largestCluster(),
                spec.settle(),
                java.time.Duration.ofDays(1),
                false));
    long day = 86_400_000_000L;
    try (DuplicatesHarness harness =
        new DuplicatesHarness(plan, new Random(4), false, DuplicatesTest::similarity)) {
      harness.acknowledge(People.row(plan, 1, "", day, "meredith", "1944-05-14", "perth"));
      harness.acknowledge(People.row(plan, 2, "", 2 * day, "meredith", "1944-05-14", "perth"));
      harness.settle();
      assertThat(harness.pairs).hasSize(1);

      harness.watermark(2 * 86_400_000L - 1);
      harness.settle();
      assertThat(harness.pairs).hasSize(1);

      harness.watermark(2 * 86_400_000L);
      harness.settle();
      assertThat(harness.pairs).isEmpty();
      assertThat(harness.members).isEmpty();
    }
  }

  @Test
  void shouldNotFallToKryo() {
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(FoundRow.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(KnownRow.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(BlockEntry.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(BlockFunction.Guest.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(PairEvidence.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(RowChange.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(PairState.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(JudgedRow.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(JudgeTally.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(MatchedRow.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(ToldMember.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(DuplicateMark.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(ClusterMember.class);
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(DuplicatePair.class);
  }
}
