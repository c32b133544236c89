package io.millrace.bench;

import io.millrace.features.EntityKeySelector;
import io.millrace.features.FeaturePlan;
import io.millrace.features.FeatureTopology;
import io.millrace.features.WorkingMemory;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVectorTypeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A way to have count, sum, avg, min and max of each key over the last so many hours, moving by the
 * minute, or what marks the limits of that: a loop that does only this and keeps nothing, and the
 * bare stream by key. All are given the same stream and none writes anywhere.
 */
enum FeatureContestant {
  MILLRACE("Millrace") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window)
        throws Exception {
      List<AggregationSpec> aggregations = new ArrayList<>();
      for (Map.Entry<AggregateFunction, String> each :
          Map.of(
                  AggregateFunction.COUNT, "*",
                  AggregateFunction.SUM, "v",
                  AggregateFunction.AVG, "v",
                  AggregateFunction.MIN, "v",
                  AggregateFunction.MAX, "v")
              .entrySet()) {
        aggregations.add(
            new AggregationSpec(
                each.getKey().keyword(),
                each.getKey(),
                each.getValue(),
                Optional.empty(),
                List.of(new AggregationSpec.Window("w", window)),
                AggregationSpec.Parameters.NONE));
      }
      FeatureViewSpec view =
          new FeatureViewSpec(
              "bench",
              List.of("k"),
              "rides",
              Optional.empty(),
              HOP,
              aggregations,
              List.of(),
              Duration.ZERO,
              new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
              false);
      FeatureTopology.featureVectors(
              rides,
              ROW_TYPE,
              FeaturePlan.bind(view, ROW_TYPE),
              Duration.ZERO,
              WorkingMemory.DEFAULT)
          .sinkTo(new DiscardingSink<>());
      return env.executeAsync("millrace");
    }
  },

  BARE_LOOP("bare loop, nothing survives") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window)
        throws Exception {
      RowType entity = RowType.of(new BigIntType());
      RowType values =
          RowType.of(
              new BigIntType(), new BigIntType(), new DoubleType(), new IntType(), new IntType());
      rides
          .keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
          .transform(
              "bare loop",
              new FeatureVectorTypeInfo(new FeatureSchema("bench", entity, values)),
              new BareLoop((int) window.dividedBy(HOP)))
          .sinkTo(new DiscardingSink<>());
      return env.executeAsync("bare loop");
    }
  },

  PASS_THROUGH("keyed pass-through") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window)
        throws Exception {
      RowType entity = RowType.of(new BigIntType());
      rides
          .keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
          .map(row -> row)
          .returns(InternalTypeInfo.of(ROW_TYPE))
          .sinkTo(new DiscardingSink<>());
      return env.executeAsync("pass-through");
    }
  },

  KEYED_COUNT("keyed count, one ValueState") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window)
        throws Exception {
      RowType entity = RowType.of(new BigIntType());
      rides
          .keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
          .process(new CountPerKey())
          .sinkTo(new DiscardingSink<>());
      return env.executeAsync("keyed count");
    }
  },

  SQL_HOP("Flink SQL HOP") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window) {
      return sql(
          env,
          rides,
          """
          INSERT INTO nowhere
          SELECT k, COUNT(*), SUM(v), AVG(v), MIN(v), MAX(v)
          FROM TABLE(HOP(TABLE rides, DESCRIPTOR(ts), INTERVAL '1' MINUTE, %s))
          GROUP BY k, window_start, window_end
          """
              .formatted(interval(window)));
    }
  },

  SQL_OVER("Flink SQL OVER RANGE") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window) {
      return sql(
          env,
          rides,
          """
          INSERT INTO nowhere
          SELECT k, COUNT(*) OVER w, SUM(v) OVER w, AVG(v) OVER w, MIN(v) OVER w, MAX(v) OVER w
          FROM rides
          WINDOW w AS (
            PARTITION BY k ORDER BY ts RANGE BETWEEN %s PRECEDING AND CURRENT ROW)
          """
              .formatted(interval(window)));
    }
  },

  SLIDING_WINDOWS("DataStream SlidingEventTimeWindows") {
    @Override
    JobClient start(StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window)
        throws Exception {
      RowType entity = RowType.of(new BigIntType());
      rides
          .keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
          .window(SlidingEventTimeWindows.of(window, HOP))
          .aggregate(new FiveAggregates())
          .sinkTo(new DiscardingSink<>());
      return env.executeAsync("sliding windows");
    }
  };

  static final Duration HOP = Duration.ofMinutes(1);
  static final RowType ROW_TYPE =
      RowType.of(
          new LogicalType[] {new BigIntType(false), new IntType(false)}, new String[] {"k", "v"});

  private final String title;

  FeatureContestant(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Whether it is one of the things a user would pick instead of Millrace. */
  boolean isPeer() {
    return compareTo(SQL_HOP) >= 0;
  }

  abstract JobClient start(
      StreamExecutionEnvironment env, DataStream<RowData> rides, Duration window) throws Exception;

  private static String interval(Duration window) {
    return "INTERVAL '%d' HOUR".formatted(window.toHours());
  }

  private static JobClient sql(
      StreamExecutionEnvironment env, DataStream<RowData> rides, String insert) {
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    tables.getConfig().set("table.local-time-zone", "UTC");
    tables.createTemporaryView(
        "rides",
        rides,
        Schema.newBuilder()
            .columnByMetadata("ts", DataTypes.TIMESTAMP_LTZ(3), "rowtime")
            .watermark("ts", "SOURCE_WATERMARK()")
            .build());
    tables.executeSql(
        """
        CREATE TEMPORARY TABLE nowhere
        (k BIGINT, n BIGINT, s INT, a INT, lo INT, hi INT) WITH ('connector' = 'blackhole')
        """);
    return tables.executeSql(insert).getJobClient().orElseThrow();
  }
}
