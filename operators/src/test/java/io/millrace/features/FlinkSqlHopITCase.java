package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.AVG;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At the end of each hop, the features are those of Flink SQL's HOP window that ends there. */
class FlinkSqlHopITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final long START = 1_700_042_400_000L;
  private static final long HOP = 60_000;
  private static final int TILES = 10;
  private static final String[] DRIVERS = {"ada", "bob", "cyn"};

  private final ViewFixture view =
      ViewFixture.hop(HOP)
          .with("n", COUNT, "*", TILES)
          .with("s", SUM, "minutes", TILES)
          .with("a", AVG, "minutes", TILES)
          .with("lo", MIN, "minutes", TILES)
          .with("hi", MAX, "minutes", TILES);

  @Test
  void shouldEqualFlinkSqlHopAtTheEndOfEachHop() throws Exception {
    List<Ride> rides = rides();
    Map<String, TreeMap<Long, List<Object>>> hops = flinkSql(rides);
    Map<String, TreeMap<Long, FeatureVector>> features = millrace(rides);
    long end = rides.get(rides.size() - 1).timeMillis();
    int equal = 0;
    for (String driver : DRIVERS) {
      for (long hopEnd = START + HOP; hopEnd <= end; hopEnd += HOP) {
        Map.Entry<Long, FeatureVector> newest = features.get(driver).floorEntry(hopEnd - 1);
        List<Object> ours = newest == null ? List.of(0L) : values(newest.getValue().values());
        List<Object> theirs = hops.get(driver).get(hopEnd);
        String what = "seed %d driver %s hop %d".formatted(SEED, driver, hopEnd);
        if (theirs == null) {
          assertThat(ours.get(0)).as(what + ": SQL has no window").isEqualTo(0L);
        } else {
          assertThat(ours).as(what).isEqualTo(theirs);
          equal++;
        }
      }
    }
    System.out.printf("FlinkSqlHopITCase: %d windows equal, seed %d%n", equal, SEED);
    assertThat(equal).isGreaterThan(300);
  }

  private static List<Object> values(RowData row) {
    List<Object> values = new ArrayList<>();
    values.add(row.getLong(0));
    for (int i = 1; i < 5; i++) {
      values.add(
          row.isNullAt(i)
              ? null
              : i == 1 ? row.getLong(i) : i == 2 ? (Object) row.getDouble(i) : row.getInt(i));
    }
    return values;
  }

  /** Some 200 minutes; one driver is away for half of them. */
  private static List<Ride> rides() {
    Random random = new Random(SEED);
    List<Ride> rides = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int driver = random.nextInt(3);
      long minute = driver == 2 ? 50 + random.nextInt(2) * 100 : random.nextInt(200);
      long time = START + minute * HOP + random.nextInt(4) * (HOP / 4) + random.nextInt(2) * 14_999;
      rides.add(
          Ride.of(DRIVERS[driver], time, random.nextInt(8) == 0 ? null : random.nextInt(100)));
    }
    rides.sort(Comparator.comparingLong(Ride::timeMillis));
    return rides;
  }

  /** With time passing at the start of each hop, as between rows of a live stream. */
  private Map<String, TreeMap<Long, FeatureVector>> millrace(List<Ride> rides) throws Exception {
    Map<String, TreeMap<Long, FeatureVector>> features = new HashMap<>();
    try (FeatureHarness harness = new FeatureHarness(view, FeatureHarness.Backend.HEAP)) {
      long hop = START;
      for (Ride ride : rides) {
        for (; hop <= ride.timeMillis(); hop += HOP) {
          harness.watermark(hop);
        }
        harness.ride(ride);
      }
      harness.emitted().forEach(vector -> keep(features, vector));
    }
    return features;
  }

  private static void keep(
      Map<String, TreeMap<Long, FeatureVector>> features, FeatureVector vector) {
    features
        .computeIfAbsent(vector.entity().getString(0).toString(), first -> new TreeMap<>())
        .put(vector.eventTimeMillis(), vector);
  }

  @Test
  void shouldGiveTheSameInAJobWithoutKryo() throws Exception {
    List<Ride> rides = rides();
    Map<String, TreeMap<Long, FeatureVector>> features = new HashMap<>();
    try (CloseableIterator<FeatureVector> vectors =
        FeatureTopology.featureVectors(
                stream(environment(), rides),
                view.projected(),
                view.plan(),
                Duration.ZERO,
                WorkingMemory.DEFAULT)
            .uid("features")
            .executeAndCollect()) {
      vectors.forEachRemaining(vector -> keep(features, vector));
    }
    BruteForce truth = new BruteForce(view);
    rides.forEach(truth::ride);
    for (String driver : DRIVERS) {
      FeatureVector last = features.get(driver).lastEntry().getValue();
      assertThat(FeatureOracleTest.features(last.values(), view.plan().schema().values()))
          .isEqualTo(truth.features(driver, last.eventTimeMillis()));
      assertThat(last.eventTimeMillis()).isGreaterThanOrEqualTo(truth.newestEvent(driver));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT1H"})
  void shouldLeaveTheSameInABatchExecution(Duration emitEvery) throws Exception {
    StreamExecutionEnvironment env = environment();
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    List<Ride> rides = rides();
    Map<String, TreeMap<Long, FeatureVector>> features = new HashMap<>();
    int emitted = 0;
    try (CloseableIterator<FeatureVector> vectors =
        FeatureTopology.featureVectors(
                stream(env, rides), view.projected(), view.plan(), emitEvery, WorkingMemory.DEFAULT)
            .uid("features")
            .executeAndCollect()) {
      while (vectors.hasNext()) {
        keep(features, vectors.next());
        emitted++;
      }
    }
    BruteForce truth = new BruteForce(view);
    rides.forEach(truth::ride);
    assertThat(emitted).isEqualTo(emitEvery.isZero() ? rides.size() : DRIVERS.length);
    for (String driver : DRIVERS) {
      FeatureVector last = features.get(driver).lastEntry().getValue();
      assertThat(FeatureOracleTest.features(last.values(), view.plan().schema().values()))
          .isEqualTo(truth.features(driver, truth.newestEvent(driver)));
    }
  }

  private Map<String, TreeMap<Long, List<Object>>> flinkSql(List<Ride> rides) throws Exception {
    StreamExecutionEnvironment env = environment();
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    tables.getConfig().set("table.local-time-zone", "UTC");
    tables.createTemporaryView(
        "rides",
        stream(env, rides),
        Schema.newBuilder()
            .columnByMetadata("ts", DataTypes.TIMESTAMP_LTZ(3), "rowtime")
            .watermark("ts", "SOURCE_WATERMARK()")
            .build());
    Map<String, TreeMap<Long, List<Object>>> hops = new HashMap<>();
    try (CloseableIterator<Row> rows =
        tables
            .executeSql(
                """
                SELECT f0, window_end, COUNT(*), SUM(CAST(f1 AS BIGINT)),
                       AVG(CAST(f1 AS DOUBLE)), MIN(f1), MAX(f1)
                FROM TABLE(HOP(TABLE rides, DESCRIPTOR(ts), INTERVAL '1' MINUTE,
                                INTERVAL '10' MINUTE))
                GROUP BY f0, window_start, window_end
                """)
            .collect()) {
      while (rows.hasNext()) {
        Row row = rows.next();
        long end = row.<LocalDateTime>getFieldAs(1).toInstant(ZoneOffset.UTC).toEpochMilli();
        List<Object> values = new ArrayList<>();
        for (int i = 2; i < 7; i++) {
          values.add(row.getField(i));
        }
        hops.computeIfAbsent(row.getFieldAs(0), first -> new TreeMap<>()).put(end, values);
      }
    }
    return hops;
  }

  private static StreamExecutionEnvironment environment() {
    Configuration settings = new Configuration();
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    // Whatever has no serializer of its own fails instead of falling to Kryo.
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    return StreamExecutionEnvironment.createLocalEnvironment(1, settings);
  }

  private DataStream<RowData> stream(StreamExecutionEnvironment env, List<Ride> rides) {
    List<RowData> rows = rides.stream().map(view::row).toList();
    long[] times = rides.stream().mapToLong(Ride::timeMillis).toArray();
    return env.fromData(InternalTypeInfo.of(view.projected()), rows.toArray(new RowData[0]))
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<RowData>forMonotonousTimestamps()
                .withTimestampAssigner(context -> new InOrder(times)));
  }

  /** The times of the rows in the order in which they come. */
  private static final class InOrder implements TimestampAssigner<RowData> {
    private final long[] times;
    private int next;

    InOrder(long[] times) {
      this.times = times;
    }

    @Override
    public long extractTimestamp(RowData row, long recordTimestamp) {
      return times[next++];
    }
  }
}
