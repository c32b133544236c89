package io.millrace.duplicates.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.FieldComparator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MatchEstimatorTest {
  private static final Thresholds THRESHOLDS = new Thresholds(0.9, 0.5);

  private static ComparedField field(String name, FieldComparator comparator) {
    return new ComparedField(name, comparator, Optional.empty());
  }

  private static Linkage linkage(List<ComparedField> fields, String... rules) {
    return new Linkage(
        fields, Arrays.stream(rules).map(BlockingRule::parse).toList(), THRESHOLDS, false);
  }

  /** All pairs of records that share a key. */
  private static List<PairComparison> candidates(Linkage linkage, List<ComparedRecord> records) {
    List<PairComparison> pairs = new ArrayList<>();
    Map<Long, List<ComparedRecord>> blocks = new HashMap<>();
    for (ComparedRecord record : records) {
      long[] keys = linkage.keysOf(record);
      for (int rule = 0; rule < keys.length; rule++) {
        List<ComparedRecord> block = blocks.computeIfAbsent(keys[rule], it -> new ArrayList<>());
        for (ComparedRecord other : keys[rule] == 0 ? List.<ComparedRecord>of() : block) {
          if (Linkage.firstShared(keys, linkage.keysOf(other)) == rule) {
            pairs.add(linkage.compare(record, other, Linkage.NO_COSINE));
          }
        }
        block.add(record);
      }
    }
    return pairs;
  }

  private static MatchModel settled(
      Linkage linkage, List<ComparedRecord> records, List<PairComparison> pairs) {
    MatchEstimator estimator = new MatchEstimator(linkage);
    records.forEach(estimator::observe);
    pairs.forEach(estimator::observe);
    return estimator.settle();
  }

  /** Four categories with known numbers of values and known shares of mistakes in duplicates. */
  private static final Linkage PLANTED =
      linkage(
          List.of(
              field("a", FieldComparator.EXACT),
              field("b", FieldComparator.EXACT),
              field("c", FieldComparator.EXACT),
              field("d", FieldComparator.EXACT)),
          "a + b",
          "c + d",
          "a + d");

  private static final int[] VALUES = {200, 100, 400, 50};
  private static final double[] MISTAKES = {0.05, 0.10, 0.20, 0.30};

  private static List<ComparedRecord> planted(long seed) {
    Random random = new Random(seed);
    List<ComparedRecord> records = new ArrayList<>();
    for (int thing = 0; thing < 4_000; thing++) {
      List<String> values = new ArrayList<>();
      for (int field = 0; field < VALUES.length; field++) {
        values.add("v" + random.nextInt(VALUES[field]));
      }
      records.add(PLANTED.record(thing + "-0", values));
      if (thing % 4 == 0) {
        List<String> again = new ArrayList<>(values);
        for (int field = 0; field < VALUES.length; field++) {
          if (random.nextDouble() < MISTAKES[field]) {
            again.set(field, "v" + random.nextInt(VALUES[field]));
          }
        }
        records.add(PLANTED.record(thing + "-1", again));
      }
    }
    return records;
  }

  @Test
  void shouldRecoverPlantedShares() {
    long seed = 17;
    List<ComparedRecord> records = planted(seed);
    MatchModel model = settled(PLANTED, records, candidates(PLANTED, records));

    for (int field = 0; field < VALUES.length; field++) {
      double different = MISTAKES[field] * (1 - 1.0 / VALUES[field]);
      double others = 1.0 / VALUES[field];
      assertThat(model.bits(field, 0))
          .as("seed %d: agreement in field %d", seed, field)
          .isCloseTo(FieldWeights.log2((1 - different) / others), within(0.35));
      assertThat(model.bits(field, 1))
          .as("seed %d: disagreement in field %d", seed, field)
          .isCloseTo(FieldWeights.log2(different / (1 - others)), within(0.6));
    }
    double pairs = 5_000 * 4_999 / 2.0;
    assertThat(model.priorBits()).isCloseTo(FieldWeights.log2(1_000 / pairs), within(0.3));
  }

  @Test
  void shouldReckonWithRecordsThatItIsNotShown() {
    List<ComparedRecord> records = planted(17);
    List<PairComparison> pairs = candidates(PLANTED, records);
    MatchEstimator estimator = new MatchEstimator(PLANTED);
    records.subList(0, records.size() / 2).forEach(estimator::observe);
    pairs.forEach(estimator::observe);

    assertThat(estimator.settle(records.size()).priorBits())
        .isCloseTo(settled(PLANTED, records, pairs).priorBits(), within(0.2));
  }

  @Test
  void shouldNotDependOnTheOrder() {
    List<ComparedRecord> records = planted(3);
    List<PairComparison> pairs = candidates(PLANTED, records);
    MatchModel inOrder = settled(PLANTED, records, pairs);
    Collections.shuffle(records, new Random(4));
    Collections.shuffle(pairs, new Random(5));
    MatchModel shuffled = settled(PLANTED, records, pairs);

    for (PairComparison pair : pairs) {
      assertThat(shuffled.bitsOf(pair)).isEqualTo(inOrder.bitsOf(pair));
    }
  }

  private static final Linkage PEOPLE =
      linkage(
          List.of(
              field("first", FieldComparator.JARO_WINKLER),
              field("last", FieldComparator.JARO_WINKLER),
              field("born", FieldComparator.DATE),
              field("street", FieldComparator.WORDS),
              field("phone", FieldComparator.CODE)),
          "phone",
          "born",
          "last + prefix(street, 3)");

  private static ComparedRecord person(String id, String... values) {
    return PEOPLE.record(id, Arrays.asList(values));
  }

  @Test
  void shouldJudgeTheFirstPairsSensibly() {
    MatchModel model = new MatchEstimator(PEOPLE).model();
    ComparedRecord anna = person("1", "anna", "berg", "1980-01-02", "5 oak road", "030 12345");
    ComparedRecord again = person("2", "ana", "berg", "1980-01-02", "5 oak rd", null);
    ComparedRecord other = person("3", "olaf", "stein", "1955-11-30", "5 oak road", "040 99999");

    assertThat(model.verdictOf(PEOPLE.compare(anna, again, Linkage.NO_COSINE)))
        .isEqualTo(Verdict.MATCH);
    assertThat(model.verdictOf(PEOPLE.compare(anna, other, Linkage.NO_COSINE)))
        .isEqualTo(Verdict.NON_MATCH);
  }

  @Test
  void shouldSayWhyInBitsThatAddUp() {
    MatchModel model = new MatchEstimator(PEOPLE).model();
    PairComparison pair =
        PEOPLE.compare(
            person("1", "anna", "berg", "1980-01-02", "5 oak road", null),
            person("2", "anne", "berg", "1980-02-01", "9 elm lane", "1"),
            Linkage.NO_COSINE);

    Judgement judgement = model.judge(pair);

    assertThat(judgement.reasons())
        .extracting(FieldReason::field, FieldReason::level)
        .startsWith(
            tuple("first", "similar"),
            tuple("last", "equal"),
            tuple("born", "one slip"),
            tuple("street", "different"),
            tuple("phone", "missing"));
    assertThat(judgement.reasons().get(4).bits()).isZero();
    double sum =
        model.priorBits() + judgement.reasons().stream().mapToDouble(FieldReason::bits).sum();
    assertThat(judgement.bits()).isCloseTo(sum, within(1e-9)).isEqualTo(model.bitsOf(pair));
    assertThat(judgement.probability()).isEqualTo(model.probabilityOf(pair));
  }

  @Test
  void shouldCountAgreementInARareValueForMore() {
    List<ComparedRecord> records = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String last = i % 4 == 0 ? "smith" : "name" + i;
      records.add(
          person("r" + i, "first" + i, last, "19%02d-01-02".formatted(i % 90), "road " + i, null));
    }
    MatchModel model = settled(PEOPLE, records, List.of());
    PairComparison smiths = PEOPLE.compare(records.get(0), records.get(4), Linkage.NO_COSINE);
    ComparedRecord rare = person("x", "first4", "name1", "1904-01-02", "road 4", null);
    PairComparison names = PEOPLE.compare(records.get(1), rare, Linkage.NO_COSINE);

    double smith = model.judge(smiths).reasons().get(1).bits();
    double name = model.judge(names).reasons().get(1).bits();
    assertThat(name).isGreaterThan(smith + 3);
  }

  @Test
  void shouldNotTakeAHouseholdForOnePerson() {
    long seed = 23;
    Random random = new Random(seed);
    List<ComparedRecord> records = new ArrayList<>();
    for (int house = 0; house < 400; house++) {
      String last = "name" + random.nextInt(300);
      String street = house + " street" + random.nextInt(200);
      String phone = String.valueOf(1_000_000 + random.nextInt(9_000_000));
      for (int who = 0; who < 4; who++) {
        String first = "first" + (char) ('a' + random.nextInt(26)) + random.nextInt(90);
        String born =
            "19%02d-%02d-%02d"
                .formatted(random.nextInt(100), 1 + random.nextInt(12), 1 + random.nextInt(28));
        records.add(person(house + "-" + who + "-0", first, last, born, street, phone));
        if (random.nextInt(4) == 0) {
          records.add(person(house + "-" + who + "-1", first, last, born, street, phone));
        }
      }
    }
    MatchModel model = settled(PEOPLE, records, candidates(PEOPLE, records));
    ComparedRecord anna = person("1", "anna", "berg", "1980-01-02", "5 oak road", "5550123");
    ComparedRecord otto = person("2", "otto", "berg", "1978-06-11", "5 oak road", "5550123");

    Judgement household = model.judge(PEOPLE.compare(anna, otto, Linkage.NO_COSINE));
    assertThat(household.verdict()).as("seed %d", seed).isEqualTo(Verdict.NON_MATCH);
    assertThat(household.reasons().get(5).field()).isEqualTo(MatchModel.RELATED);
    assertThat(household.reasons().get(5).bits()).isLessThan(-10);
    assertThat(model.verdictOf(PEOPLE.compare(anna, anna, Linkage.NO_COSINE)))
        .isEqualTo(Verdict.MATCH);
  }

  @Test
  void shouldTakeGivenWeightsAsTheyAre() {
    ComparedField given =
        new ComparedField(
            "name", FieldComparator.JARO_WINKLER, Optional.of(new ComparedField.Weights(6, -3)));
    Linkage linkage = linkage(List.of(given, field("born", FieldComparator.DATE)));
    List<ComparedRecord> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      records.add(linkage.record("r" + i, Arrays.asList(i % 2 == 0 ? "smith" : "jones", null)));
    }
    MatchModel model = settled(linkage, records, List.of());

    assertThat(
            new double[] {model.bits(0, 0), model.bits(0, 1), model.bits(0, 2), model.bits(0, 3)})
        .containsExactly(6, 3, 0, -3);
    PairComparison smiths = linkage.compare(records.get(0), records.get(2), Linkage.NO_COSINE);
    assertThat(model.judge(smiths).reasons().get(0).bits()).as("however frequent").isEqualTo(6);
  }

  @Test
  void shouldNotLetAWorseAgreementBeWorthMore() {
    double[][] matches = {{0.5, 0.05, 0.35, 0.1}};
    double[][] others = {{0.1, 0.1, 0.1, 0.7}};
    FieldWeights weights =
        FieldWeights.of(
            linkage(List.of(field("name", FieldComparator.JARO_WINKLER))), matches, others);

    assertThat(weights.bits(0, 0)).isCloseTo(FieldWeights.log2(5), within(1e-9));
    assertThat(weights.bits(0, 1)).isCloseTo(1, within(1e-9)).isEqualTo(weights.bits(0, 2));
    assertThat(weights.bits(0, 3)).isLessThan(0);
  }

  @Test
  void shouldEstimateAgainWhenAQuarterMoreIsKnown() {
    MatchEstimator estimator = new MatchEstimator(PLANTED);
    int estimates = 0;
    int version = 0;
    for (ComparedRecord record : planted(9)) {
      estimator.observe(record);
      estimates += estimator.model().version() != version ? 1 : 0;
      version = estimator.model().version();
    }
    assertThat(estimates).isBetween(15, 25);
  }

  @Test
  void shouldKeepALimitedNumberOfPatterns() {
    PatternCounts counts = new PatternCounts();
    PairPattern frequent = new PairPattern(new byte[] {0, 0}, 0);
    for (int i = 0; i < PatternCounts.CAPACITY; i++) {
      counts.add(frequent);
      counts.add(new PairPattern(new byte[] {1, 1}, i));
      counts.add(new PairPattern(new byte[] {2, 1}, i));
    }

    assertThat(counts.counts()).hasSizeLessThanOrEqualTo(PatternCounts.CAPACITY);
    assertThat(counts.counts().get(frequent)).isGreaterThan(PatternCounts.CAPACITY / 4.0);
    assertThat(counts.total())
        .isEqualTo(counts.counts().values().stream().mapToDouble(Double::doubleValue).sum());
  }
}
