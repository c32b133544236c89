package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.AVG;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expressions.RowProgram;
import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/**
 * Questions through Flink's batch runtime, with rows and questions in any order, held against
 * {@link BruteForce} and against what the online operator had published at the time asked for.
 */
class QuestionITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20260707);
  private static final String[] DRIVERS = {"ada", "bob", "cyn", "dee", "eve"};
  private static final String NEVER_SEEN = "zoe";
  static final RowType RIDES =
      RowType.of(
          new LogicalType[] {
            VarCharType.STRING_TYPE, new IntType(), new DoubleType(), VarCharType.STRING_TYPE
          },
          new String[] {"driver", "minutes", "price", "zone"});

  private int hashMask = EntityHash.WHOLE;

  private record Question(String driver, long timeMillis) {}

  @Test
  void shouldAnswerEveryAggregateAsBruteForceDoes() throws Exception {
    ViewFixture view = FeatureOracleTest.every(ViewFixture.hop(20), 8, 300);
    checkAgainstBruteForce(view, 0, 1_700_000_000_000L, 800, 400);
  }

  @Test
  void shouldAnswerBefore1970AndOverLifetimes() throws Exception {
    ViewFixture view =
        FeatureOracleTest.every(ViewFixture.hop(7), 1, 64, 1000)
            .with("ever", COUNT, "*")
            .with("earned_ever", SUM, "price");
    checkAgainstBruteForce(view, 1, -4_000, 600, 300);
  }

  @Test
  void shouldTellEntitiesApartThatShareAHash() throws Exception {
    hashMask = 1;
    ViewFixture view = ViewFixture.hop(20).with("rides", COUNT, "*", 8).with("ever", COUNT, "*");
    checkAgainstBruteForce(view.with("paid", SUM, "price", 8, 300), 3, 0, 600, 300);
  }

  private void checkAgainstBruteForce(
      ViewFixture view, int run, long from, int rides, int questions) throws Exception {
    Random random = new Random(SEED + run);
    List<Ride> history = rides(random, from, rides);
    List<Question> asked = questions(random, history, questions);
    Map<Long, RowData> answers = answers(view, Duration.ZERO, shuffled(history, random), asked);

    RowType type = view.plan().schema().values();
    int checks = 0;
    for (int id = 0; id < asked.size(); id++) {
      Question question = asked.get(id);
      String what = "seed %d run %d question %d %s".formatted(SEED, run, id, question);
      BruteForce truth = new BruteForce(view);
      history.stream()
          .filter(ride -> ride.timeMillis() <= question.timeMillis)
          .forEach(truth::ride);
      RowData values = answers.get((long) id);
      if (truth.newestEvent(question.driver) == Long.MIN_VALUE) {
        assertThat(values).as(what).isNull();
        checks++;
        continue;
      }
      assertThat(values).as(what).isNotNull();
      Map<String, Object> found = FeatureOracleTest.features(values, type);
      Map<String, Object> expected = truth.features(question.driver, question.timeMillis);
      for (String feature : expected.keySet()) {
        FeatureOracleTest.assertFeature(
            what + " " + feature, found.get(feature), expected.get(feature));
        checks++;
      }
    }
    System.out.printf("QuestionITCase: %,d checks, seed %d%n", checks, SEED);
    assertThat(checks).isGreaterThan(3 * questions);
  }

  @Test
  void shouldAnswerWhatTheOnlineOperatorHadPublished() throws Exception {
    ViewFixture view =
        ViewFixture.hop(100)
            .with("rides", COUNT, "*", 10, 200)
            .with("mean", AVG, "price", 10, 200)
            .with("dearest", MAX, "price", 10, 200)
            .with("earned", SUM, "price");
    Random random = new Random(SEED + 2);
    List<Ride> history = rides(random, 1_700_000_000_000L, 1_500);
    List<Question> asked = questions(random, history, 700);
    Map<Long, RowData> answers = answers(view, Duration.ZERO, shuffled(history, random), asked);

    int different = 0;
    List<Ride> inOrder = new ArrayList<>(history);
    inOrder.sort(Comparator.comparingLong(Ride::timeMillis));
    List<Integer> ids = new ArrayList<>();
    for (int id = 0; id < asked.size(); id++) {
      ids.add(id);
    }
    ids.sort(Comparator.comparingLong(id -> asked.get(id).timeMillis));
    Map<String, FeatureVector> online = new HashMap<>();
    int next = 0;
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP)) {
      for (int id : ids) {
        Question question = asked.get(id);
        while (next < inOrder.size() && inOrder.get(next).timeMillis() <= question.timeMillis) {
          harness.ride(inOrder.get(next++));
        }
        harness.watermark(question.timeMillis);
        harness.emitted().forEach(it -> online.put(it.entity().getString(0).toString(), it));
        FeatureVector served = online.get(question.driver);
        RowData expected = served == null ? null : served.values();
        if (!java.util.Objects.equals(expected, answers.get((long) id))) {
          different++;
        }
      }
    }
    System.out.printf("QuestionITCase: %,d answers, %d different%n", answers.size(), different);
    assertThat(different).isZero();
    assertThat(answers).hasSize(asked.size());
  }

  @Test
  void shouldForgetWhatTheOnlineStoreHasLetExpire() throws Exception {
    ViewFixture view = ViewFixture.hop(100).with("rides", COUNT, "*", 10);
    Duration ttl = Duration.ofMillis(5_000);
    long firstLeaves = 1_000 + 1_000;
    List<Question> asked =
        List.of(
            new Question("ada", 999),
            new Question("ada", 1_000),
            new Question("ada", firstLeaves),
            new Question("ada", firstLeaves + 4_999),
            new Question("ada", firstLeaves + 5_000));

    Map<Long, RowData> answers = answers(view, ttl, List.of(Ride.of("ada", 1_000, 3)), asked);

    assertThat(answers.get(0L)).isNull();
    assertThat(answers.get(1L).getLong(0)).isEqualTo(1);
    assertThat(answers.get(2L).getLong(0)).isEqualTo(0);
    assertThat(answers.get(3L).getLong(0)).isEqualTo(0);
    assertThat(answers.get(4L)).isNull();
  }

  @Test
  void shouldAnswerWithTheNewestRowOfATable() throws Exception {
    List<Ride> changes =
        List.of(
            change(RowKind.INSERT, 1_000, 10),
            change(RowKind.UPDATE_BEFORE, 2_000, 10),
            change(RowKind.UPDATE_AFTER, 2_000, 20),
            change(RowKind.DELETE, 3_000, 20),
            change(RowKind.INSERT, 4_000, 40));
    List<Question> asked = new ArrayList<>();
    for (long time : new long[] {999, 1_999, 2_000, 3_000, 3_999, 4_000}) {
      asked.add(new Question("ada", time));
    }

    Map<Long, RowData> answers =
        answers(latest(), true, shuffled(changes, new Random(SEED)), asked);

    List<Integer> minutes = new ArrayList<>();
    for (long id = 0; id < asked.size(); id++) {
      minutes.add(answers.get(id) == null ? null : answers.get(id).getInt(0));
    }
    assertThat(minutes).containsExactly(null, 10, 20, null, null, 40);
  }

  private static Ride change(RowKind kind, long time, int minutes) {
    return new Ride("ada", time, kind, minutes, 1.0, "z1");
  }

  private static CompiledView latest() throws Exception {
    return latest(Optional.empty(), Optional.empty());
  }

  static CompiledView latest(Optional<String> where, Optional<Duration> ttl) throws Exception {
    FeatureViewSpec view =
        new FeatureViewSpec(
            "rides",
            List.of("driver"),
            "rides",
            where,
            Duration.ofMinutes(1),
            List.of(),
            List.of("minutes"),
            Duration.ZERO,
            new FeatureViewSpec.Online(ttl, FeatureViewSpec.Layout.HASH, "p"),
            false);
    RowProgram program = RowProgram.compile(RIDES, LatestPlan.inputs(view), Optional.empty());
    return new CompiledView(
        view, program, Optional.empty(), Optional.of(LatestPlan.bind(view, program.outputType())));
  }

  static CompiledView aggregated(ViewFixture fixture, Duration ttl) throws Exception {
    FeatureViewSpec plain = fixture.view();
    FeatureViewSpec view =
        new FeatureViewSpec(
            plain.name(),
            plain.entity(),
            plain.source(),
            plain.where(),
            plain.hop(),
            plain.aggregations(),
            plain.latest(),
            plain.emitEvery(),
            new FeatureViewSpec.Online(
                ttl.isZero() ? Optional.empty() : Optional.of(ttl),
                FeatureViewSpec.Layout.HASH,
                "p"),
            false);
    RowProgram program = RowProgram.compile(RIDES, FeaturePlan.inputs(view), Optional.empty());
    return new CompiledView(
        view, program, Optional.of(FeaturePlan.bind(view, program.outputType())), Optional.empty());
  }

  private Map<Long, RowData> answers(
      ViewFixture fixture, Duration ttl, List<Ride> rides, List<Question> questions)
      throws Exception {
    return answers(aggregated(fixture, ttl), false, rides, questions);
  }

  private Map<Long, RowData> answers(
      CompiledView view, boolean changelog, List<Ride> rides, List<Question> questions)
      throws Exception {
    StreamExecutionEnvironment env = batch();
    DataStream<RowData> events = events(env, rides);
    List<RowData> asked = new ArrayList<>();
    for (int id = 0; id < questions.size(); id++) {
      asked.add(
          GenericRowData.of(StringData.fromString(questions.get(id).driver), Long.valueOf(id)));
    }
    DataStream<RowData> inputs = view.program().applyTo(events, "inputs");
    DataStream<RowData> questioned =
        timed(
            env,
            asked,
            QuestionTopology.questionType(view.schema()),
            questions.stream().map(Question::timeMillis).toList());
    Map<Long, RowData> answers = new LinkedHashMap<>();
    int values = view.schema().values().getFieldCount();
    try (CloseableIterator<RowData> rows =
        QuestionTopology.answers(view, changelog, inputs, questioned, "test", hashMask)
            .executeAndCollect()) {
      rows.forEachRemaining(
          row -> {
            if (row.getLong(0) != QuestionTopology.BEGINNING) {
              RowData answer = row.isNullAt(2) ? null : row.getRow(2, values);
              assertThat(answers.put(row.getLong(0), answer)).isNull();
            }
          });
    }
    assertThat(answers).hasSize(questions.size());
    return answers;
  }

  static StreamExecutionEnvironment batch() {
    Configuration configuration = new Configuration();
    configuration.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
  }

  static DataStream<RowData> events(StreamExecutionEnvironment env, List<Ride> rides) {
    return timed(
        env,
        rides.stream().map(QuestionITCase::row).toList(),
        RIDES,
        rides.stream().map(Ride::timeMillis).toList());
  }

  private static DataStream<RowData> timed(
      StreamExecutionEnvironment env, List<RowData> rows, RowType type, List<Long> times) {
    long[] millis = times.stream().mapToLong(Long::longValue).toArray();
    int[] next = {0};
    return env.fromData(rows, InternalTypeInfo.of(type))
        .setParallelism(1)
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<RowData>noWatermarks()
                .withTimestampAssigner((row, before) -> millis[next[0]++]))
        .setParallelism(1);
  }

  static RowData row(Ride ride) {
    return GenericRowData.ofKind(
        ride.kind(),
        StringData.fromString(ride.driver()),
        ride.minutes(),
        ride.price(),
        ride.zone() == null ? null : StringData.fromString(ride.zone()));
  }

  static List<Ride> shuffled(List<Ride> rides, Random random) {
    List<Ride> shuffled = new ArrayList<>(rides);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  static List<Ride> rides(Random random, long from, int count) {
    List<Ride> rides = new ArrayList<>();
    long clock = from;
    for (int i = 0; i < count; i++) {
      clock += random.nextInt(20) == 0 ? random.nextInt(3_000) : random.nextInt(60);
      String driver = DRIVERS[(int) (DRIVERS.length * random.nextDouble() * random.nextDouble())];
      rides.add(
          new Ride(
              driver,
              clock,
              RowKind.INSERT,
              random.nextInt(10) == 0 ? null : random.nextInt(50),
              random.nextInt(10) == 0 ? null : random.nextInt(10_000) / 100.0,
              random.nextInt(10) == 0 ? null : "z" + random.nextInt(12)));
    }
    return rides;
  }

  /** Some at the very time of a ride, some in the same hop, some anywhere, also outside. */
  private static List<Question> questions(Random random, List<Ride> history, int count) {
    long first = history.get(0).timeMillis();
    long last = history.get(history.size() - 1).timeMillis();
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String driver =
          random.nextInt(20) == 0 ? NEVER_SEEN : DRIVERS[random.nextInt(DRIVERS.length)];
      long ride = history.get(random.nextInt(history.size())).timeMillis();
      long time =
          switch (random.nextInt(4)) {
            case 0 -> ride;
            case 1 -> ride + random.nextInt(21) - 10;
            default -> first - 1_000 + (long) ((last - first + 10_000) * random.nextDouble());
          };
      questions.add(new Question(driver, time));
    }
    return questions;
  }
}
