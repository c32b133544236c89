package io.millrace.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * The feature engine against what a user would pick instead: events per second for windows of 1, 6
 * and 24 hours with a hop of one minute, state per key, and how the cost of an event grows with the
 * window's length. See {@code scripts/bench features}.
 */
public final class FeaturesBench {
  private static final int ROUNDS = Integer.getInteger("millrace.bench.rounds", 3);
  private static final int EVENTS = Integer.getInteger("millrace.bench.events", 3_000_000);
  private static final long PEER_BUDGET_SECONDS = Long.getLong("millrace.bench.peer.seconds", 8);
  private static final long SEED = 20260101;

  private final Path savepoints;

  private FeaturesBench(Path savepoints) {
    this.savepoints = savepoints;
  }

  public static void main(String[] args) throws Exception {
    try (ScratchFolder savepoints = ScratchFolder.of("features")) {
      new FeaturesBench(savepoints.path()).run();
    }
    // The local clusters' daemon threads may take their time.
    System.exit(0);
  }

  private void run() throws Exception {
    Rides twoDays = Rides.over(Duration.ofDays(2).toMillis(), EVENTS, SEED);
    say(
        "%,d events over 2 days, %,d keys (Zipf), 1 in 20 out of order by up to 5 minutes; one source"
            + " and one keyed subtask, state on the heap, a watermark each minute of event time",
        twoDays.size(), twoDays.distinctKeys());
    say(
        "Peers that take longer are stopped after %d s and their rate is that of the last four fifths"
            + " of it: the beginning, when their windows are still small, so rather too good.",
        PEER_BUDGET_SECONDS);
    say("Warming up");
    for (FeatureContestant contestant : FeatureContestant.values()) {
      measure(contestant, twoDays, Duration.ofHours(1), contestant.isPeer() ? 4 : 60);
    }
    Map<FeatureContestant, Double> day = Map.of();
    for (int hours : List.of(1, 6, 24)) {
      day = compare(twoDays, Duration.ofHours(hours));
    }
    double best =
        day.entrySet().stream()
            .filter(each -> each.getKey().isPeer())
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElseThrow();
    double engine = day.get(FeatureContestant.MILLRACE);
    double fromJson = ofPipeline(twoDays.asJson());
    Growth growth = growth();
    onRocksDb();
    say(
        "ratio_best_peer=%.1f ratio_passthrough=%.2f growth_30d_over_1h=%.2f"
            + " ratio_keyed_count=%.2f ratio_passthrough_from_json=%.2f ratio_bare_loop=%.2f"
            + " bare_loop_of_passthrough=%.2f growth_bare_loop=%.2f",
        engine / best,
        engine / day.get(FeatureContestant.PASS_THROUGH),
        growth.engine(),
        engine / day.get(FeatureContestant.KEYED_COUNT),
        fromJson,
        engine / day.get(FeatureContestant.BARE_LOOP),
        day.get(FeatureContestant.BARE_LOOP) / day.get(FeatureContestant.PASS_THROUGH),
        growth.bareLoop());
  }

  /** The engine with state on disk, over fewer events. */
  private void onRocksDb() throws Exception {
    Rides rides = Rides.over(Duration.ofDays(2).toMillis(), EVENTS / 6, SEED);
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      rates.add(
          measure(FeatureContestant.MILLRACE, rides, Duration.ofDays(1), 60, "rocksdb")
              .eventsPerSecond);
    }
    say("");
    say(
        "window 24h, hop 1m, state in RocksDB, a checkpoint each second, %,d keys: Millrace %,.0f"
            + " events/s",
        rides.distinctKeys(), Median.of(rates));
  }

  /** Medians of interleaved rounds, printed as a table. */
  private Map<FeatureContestant, Double> compare(Rides rides, Duration window) throws Exception {
    Map<FeatureContestant, List<Double>> rates = new EnumMap<>(FeatureContestant.class);
    for (int round = 0; round < ROUNDS; round++) {
      for (FeatureContestant contestant : FeatureContestant.values()) {
        if (contestant.isPeer() && round > 0 && !finishes(rides, rates.get(contestant))) {
          // It did not even finish: more rounds would tell nothing new.
          continue;
        }
        long seconds = contestant.isPeer() ? PEER_BUDGET_SECONDS : 60;
        rates
            .computeIfAbsent(contestant, first -> new ArrayList<>())
            .add(measure(contestant, rides, window, seconds).eventsPerSecond);
      }
    }
    Map<FeatureContestant, Double> medians = new EnumMap<>(FeatureContestant.class);
    rates.forEach((contestant, each) -> medians.put(contestant, Median.of(each)));
    say("");
    say("window %dh, hop 1m: count, sum, avg, min, max", window.toHours());
    double engine = medians.get(FeatureContestant.MILLRACE);
    medians.forEach(
        (contestant, rate) ->
            say(
                "  %-36s %,12.0f events/s   Millrace is %8.2f times that%s",
                contestant.title(),
                rate,
                engine / rate,
                contestant.isPeer() && !finishes(rides, rates.get(contestant))
                    ? "   (stopped after %d s)".formatted(PEER_BUDGET_SECONDS)
                    : ""));
    return medians;
  }

  /** What is left of the throughput when rows are decoded from JSON first, as in a pipeline. */
  private double ofPipeline(Rides json) throws Exception {
    List<Double> engine = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Duration day = Duration.ofDays(1);
      engine.add(measure(FeatureContestant.MILLRACE, json, day, 60).eventsPerSecond);
      bare.add(measure(FeatureContestant.PASS_THROUGH, json, day, 60).eventsPerSecond);
    }
    say("");
    say(
        "window 24h, hop 1m, from JSON documents: Millrace %,.0f events/s, keyed pass-through %,.0f",
        Median.of(engine), Median.of(bare));
    return Median.of(engine) / Median.of(bare);
  }

  private static boolean finishes(Rides rides, List<Double> rates) {
    return rides.size() / Median.of(rates) <= PEER_BUDGET_SECONDS;
  }

  /** Of events of 45 days, so that all decay: the cost at 30 days over that at 1 hour. */
  private record Growth(double engine, double bareLoop) {}

  /**
   * The bare loop beside the engine tells how much of the growth is the machine's: a longer window
   * has more keys and more events to find in memory, whoever looks for them.
   */
  private Growth growth() throws Exception {
    Rides rides = Rides.over(Duration.ofDays(45).toMillis(), EVENTS, SEED);
    List<Duration> windows = List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(30));
    List<List<Double>> engine = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<List<Double>> bare = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    long[] bytes = new long[windows.size()];
    for (int round = 0; round < ROUNDS; round++) {
      for (int w = 0; w < windows.size(); w++) {
        Outcome outcome = measure(FeatureContestant.MILLRACE, rides, windows.get(w), 60);
        engine.get(w).add(outcome.eventsPerSecond);
        bytes[w] = outcome.savepointBytes;
        bare.get(w)
            .add(measure(FeatureContestant.BARE_LOOP, rides, windows.get(w), 60).eventsPerSecond);
      }
    }
    say("");
    say("The same number of events over 45 days, hop 1m, Millrace and the bare loop:");
    for (int w = 0; w < windows.size(); w++) {
      int keys = rides.distinctKeysWithin(windows.get(w).toMillis());
      say(
          "  %3dh/1m   %.2f us an event (%.2f times 1h/1m)   bare loop %.2f us (%.2f times)"
              + "   %,6d state bytes for each of the %,d keys with events in their window",
          windows.get(w).toHours(),
          1e6 / Median.of(engine.get(w)),
          Median.of(engine.get(0)) / Median.of(engine.get(w)),
          1e6 / Median.of(bare.get(w)),
          Median.of(bare.get(0)) / Median.of(bare.get(w)),
          bytes[w] / keys,
          keys);
    }
    int longest = windows.size() - 1;
    return new Growth(
        Median.of(engine.get(0)) / Median.of(engine.get(longest)),
        Median.of(bare.get(0)) / Median.of(bare.get(longest)));
  }

  /**
   * @param savepointBytes size of a savepoint at the end; 0 for others than Millrace or when
   *     stopped
   */
  private record Outcome(double eventsPerSecond, long savepointBytes) {}

  private Outcome measure(
      FeatureContestant contestant, Rides rides, Duration window, long budgetSeconds)
      throws Exception {
    return measure(contestant, rides, window, budgetSeconds, "hashmap");
  }

  private Outcome measure(
      FeatureContestant contestant,
      Rides rides,
      Duration window,
      long budgetSeconds,
      String backend)
      throws Exception {
    Configuration settings = new Configuration();
    settings.set(StateBackendOptions.STATE_BACKEND, backend);
    if (backend.equals("rocksdb")) {
      settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
      settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    }
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ZERO);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    // Without a path, state of this size would not fit the job manager's memory.
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, savepoints.toUri().toString());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
    DataStream<RowData> stream =
        env.fromSource(
            new RideSource(),
            WatermarkStrategy.<RowData>forGenerator(
                context ->
                    new EachHop(FeatureContestant.HOP.toMillis(), Rides.OUT_OF_ORDERNESS_MILLIS)),
            "rides",
            InternalTypeInfo.of(FeatureContestant.ROW_TYPE));
    Race race = Race.start(rides);
    JobClient job = contestant.start(env, stream, window);
    double rate =
        race.eventsPerSecond(TimeUnit.SECONDS.toNanos(budgetSeconds), () -> failIfOver(job));
    long bytes = 0;
    if (contestant == FeatureContestant.MILLRACE && race.finished()) {
      String path =
          job.triggerSavepoint(savepoints.toUri().toString(), SavepointFormatType.CANONICAL).get();
      bytes = size(Path.of(java.net.URI.create(path)));
    }
    job.cancel().get();
    while (!isOver(job)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    say("    %-36s %4dh %,12.0f events/s", contestant.title(), window.toHours(), rate);
    System.gc();
    return new Outcome(rate, bytes);
  }

  private static boolean isOver(JobClient job) {
    try {
      return job.getJobStatus().join().isTerminalState();
    } catch (IllegalStateException | CompletionException clusterIsGone) {
      // The job's own cluster ends with it.
      return true;
    }
  }

  private static void failIfOver(JobClient job) {
    JobStatus status = job.getJobStatus().join();
    if (status.isTerminalState()) {
      job.getJobExecutionResult().join();
      throw new IllegalStateException("the job ended by itself: " + status);
    }
  }

  private static long size(Path savepoint) throws IOException {
    try (Stream<Path> files = Files.walk(savepoint)) {
      return files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
