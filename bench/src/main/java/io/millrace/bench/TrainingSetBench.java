package io.millrace.bench;

import io.millrace.jobs.tables.ParquetRowWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.parquet.io.LocalOutputFile;

/**
 * {@code scripts/bench training-set}: how long a training set takes, from the command to the file,
 * against two ways to write the same in SQL for DuckDB.
 *
 * <p>30 days of payments by 10,000 cards, some far busier than others (Zipf, exponent 1), one in
 * ten out of order; 100,000 of them are asked about, at their own times. Fifteen features: count,
 * sum, mean, standard deviation and the count above 50, over an hour, a day and a week, in hops of
 * a minute. All contestants read the same Parquet files, use all processors, and write a Parquet
 * file; their values are compared. Millrace is {@code scripts/millrace training-set}, with the
 * start of its JVM; DuckDB is in this one. Figures are medians; the range join, which takes long,
 * is run once.
 */
public final class TrainingSetBench {
  private static final int EVENTS = 1_000_000;
  private static final int GROWN = 10;
  private static final int QUESTIONS = 100_000;
  private static final int ROUNDS = 3;
  private static final int CARDS = 10_000;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long FROM = 1_735_689_600_000L;
  private static final long SPAN_MILLIS = 30 * DAY_MILLIS;

  private static final RowType PAYMENTS =
      RowType.of(
          false,
          new LogicalType[] {
            VarCharType.STRING_TYPE, new LocalZonedTimestampType(3), new DoubleType()
          },
          new String[] {"card", "at", "amount"});

  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: io.millrace.bench.payments
      name: payments
      version: 1.0.0
      status: active
      schema:
        - name: payments
          logicalType: object
          physicalType: topic
          properties:
            - {name: card, logicalType: string, physicalType: string, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamp_ltz(3), required: true}
            - {name: amount, logicalType: number, physicalType: double}
      """;

  private static final String PIPELINE =
      """
      pipeline: bench
      sources:
        payments:
          kafka: {topic: payments, bootstrap_servers: "localhost:9092", format: json}
          contract: payments.odcs.yaml
          event_time: {field: at, out_of_orderness: 5m}
      features:
        card_spending:
          entity: [card]
          source: payments
          hop: 1m
          aggregations:
            payments:  {count: "*", windows: [1h, 24h, 7d]}
            spent:     {sum: amount, windows: [1h, 24h, 7d]}
            mean:      {avg: amount, windows: [1h, 24h, 7d]}
            deviation: {stddev: amount, windows: [1h, 24h, 7d]}
            large:     {count: "*", where: "amount > 50", windows: [1h, 24h, 7d]}
          online: {layout: hash}
      online_store:
        redis: "redis://localhost:6379"
      topics:
        bootstrap_servers: "localhost:9092"
        prefix: millrace.bench
      """;

  private final Path dir;
  private final Path pipeline;

  private TrainingSetBench(Path dir) throws IOException {
    this.dir = dir;
    Files.writeString(dir.resolve("payments.odcs.yaml"), CONTRACT);
    pipeline = Files.writeString(dir.resolve("bench.yaml"), PIPELINE);
  }

  public static void main(String[] args) throws Exception {
    boolean quick = List.of(args).contains("--quick");
    try (ScratchFolder dir = ScratchFolder.of("training-set")) {
      new TrainingSetBench(dir.path()).run(quick ? 1 : ROUNDS, quick ? EVENTS / 10 : EVENTS);
    }
  }

  private void run(int rounds, int events) throws Exception {
    Payments small = new Payments(events, 7);
    Path history = small.writeHistory(dir.resolve("payments.parquet"));
    Path spine = small.writeSpine(dir.resolve("spine.parquet"), Math.min(QUESTIONS, events));
    Path grown = new Payments(GROWN * events, 8).writeHistory(dir.resolve("grown.parquet"));
    System.out.printf(
        "%,d payments, %,d rows, 15 features, %d processors%n",
        events, Math.min(QUESTIONS, events), Runtime.getRuntime().availableProcessors());
    Path ours = dir.resolve("millrace.parquet");
    DuckDbTrainingSet duckDb = new DuckDbTrainingSet(history, spine);
    // The first command after a build prepares the starts of all others.
    System.out.printf("the first command after a build %.1f s%n", command("--version"));
    List<Double> millrace = new ArrayList<>();
    List<Double> asOf = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      millrace.add(trainingSet(history, spine, ours));
      asOf.add(duckDb.asOfJoins(dir.resolve("as-of.parquet")));
      System.out.printf(
          "round %d  Millrace %.1f s  DuckDB, ASOF joins %.1f s%n",
          round + 1, millrace.get(round), asOf.get(round));
    }
    double range = duckDb.rangeJoin(dir.resolve("range.parquet"));
    System.out.printf("DuckDB, range join %.1f s%n", range);
    System.out.printf(
        "values that differ: range join %,d, ASOF joins %,d%n",
        duckDb.different(ours, dir.resolve("range.parquet")),
        duckDb.different(ours, dir.resolve("as-of.parquet")));
    double seconds = Median.of(millrace);
    double large = trainingSet(grown, spine, dir.resolve("grown-set.parquet"));
    System.out.printf("%,d payments  Millrace %.1f s%n", GROWN * events, large);
    System.out.printf(
        "seconds=%.1f ratio_duckdb=%.2f ratio_asof=%.2f growth_10x=%.2f%n",
        seconds, range / seconds, Median.of(asOf) / seconds, large / seconds);
  }

  private double trainingSet(Path history, Path spine, Path out)
      throws IOException, InterruptedException {
    return command(
        "training-set",
        "--pipeline",
        pipeline.toString(),
        "--spine",
        spine.toString(),
        "--timestamp",
        "at",
        "--entity-columns",
        "card",
        "--features",
        "card_spending:*",
        "--history",
        "payments=" + history,
        "--out",
        out.toString(),
        "--overwrite");
  }

  /** Runs a command as a person would, and returns the seconds that it took. */
  private double command(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("millrace.home"), "scripts", "millrace").toString());
    command.addAll(List.of(words));
    Path said = dir.resolve("said");
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    process.environment().put("MILLRACE_JAVA_OPTS", "-Xmx4g");
    long start = System.nanoTime();
    int exit = process.start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (exit != 0) {
      throw new IllegalStateException("the command failed: " + Files.readString(said));
    }
    return seconds;
  }

  /** The same payments for the same seed. */
  private static final class Payments {
    private final int count;
    private final long seed;
    private final double[] cumulated = new double[CARDS];

    Payments(int count, long seed) {
      this.count = count;
      this.seed = seed;
      double sum = 0;
      for (int card = 0; card < CARDS; card++) {
        sum += 1.0 / (card + 1);
        cumulated[card] = sum;
      }
    }

    private interface Sink {
      void accept(int index, int card, long at, double amount) throws IOException;
    }

    private void forEach(Sink sink) throws IOException {
      Random random = new Random(seed);
      for (int i = 0; i < count; i++) {
        double at = random.nextDouble() * cumulated[CARDS - 1];
        int card = Arrays.binarySearch(cumulated, at);
        long time = FROM + (long) ((double) i / count * SPAN_MILLIS);
        if (random.nextInt(10) == 0) {
          time -= random.nextInt(600_000);
        }
        // In cents, so that sums are exact in whatever order.
        double amount = Math.round(Math.exp(3 + random.nextGaussian()) * 4) / 4.0;
        sink.accept(i, card < 0 ? -card - 1 : card, time, amount);
      }
    }

    Path writeHistory(Path file) throws IOException {
      try (ParquetRowWriter out =
          new ParquetRowWriter(new LocalOutputFile(file), PAYMENTS, Map.of())) {
        forEach(
            (i, card, at, amount) ->
                out.write(
                    GenericRowData.of(name(card), TimestampData.fromEpochMillis(at), amount)));
      }
      return file;
    }

    /** Every so many payments one, and whether it is large as the label. */
    Path writeSpine(Path file, int rows) throws IOException {
      int every = count / rows;
      RowType columns =
          RowType.of(
              false,
              new LogicalType[] {
                VarCharType.STRING_TYPE, new LocalZonedTimestampType(3), new DoubleType()
              },
              new String[] {"card", "at", "label"});
      try (ParquetRowWriter out =
          new ParquetRowWriter(new LocalOutputFile(file), columns, Map.of())) {
        forEach(
            (i, card, at, amount) -> {
              if (i % every == 0) {
                out.write(
                    GenericRowData.of(
                        name(card), TimestampData.fromEpochMillis(at), amount > 50 ? 1.0 : 0.0));
              }
            });
      }
      return file;
    }

    private static StringData name(int card) {
      return StringData.fromString("card-%05d".formatted(card));
    }
  }
}
