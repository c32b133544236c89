package io.millrace.quickstart.start;

import io.millrace.document.Environment;
import io.millrace.jobs.cli.MillraceCommand;
import io.millrace.jobs.tables.ParquetRowWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
 * Runs commands over a few rows and without any server, so that the JVM can note which classes they
 * load.
 *
 * <p>Arguments: pipeline files to check. Exits with 1 when a command fails.
 */
public final class Rehearsal {
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: io.millrace.rehearsal.payments
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
      pipeline: rehearsal
      sources:
        payments:
          kafka: {topic: payments, bootstrap_servers: "localhost:9092", format: json}
          contract: payments.odcs.yaml
          event_time: {field: at, out_of_orderness: 5m}
      features:
        card_spending:
          entity: [card]
          source: payments
          where: "amount < 1000"
          hop: 1m
          aggregations:
            payments:  {count: "*", windows: [1h, 24h]}
            spent:     {sum: amount, windows: [1h, 24h]}
            deviation: {stddev: amount, windows: [24h]}
            p95:       {quantile: amount, q: 0.95, windows: [24h]}
            large:     {count: "*", where: "amount > 50", windows: [24h]}
            last:      {last: amount}
          online: {layout: hash}
      online_store:
        redis: "redis://localhost:6379"
      topics:
        bootstrap_servers: "localhost:9092"
        prefix: millrace.rehearsal
      """;

  private static final RowType PAYMENTS =
      RowType.of(
          false,
          new LogicalType[] {
            VarCharType.STRING_TYPE, new LocalZonedTimestampType(3), new DoubleType()
          },
          new String[] {"card", "at", "amount"});

  private static final long NOON_MILLIS = 1_735_732_800_000L;
  private static final int ROWS = 200;

  private final Path dir;

  private Rehearsal(Path dir) {
    this.dir = dir;
  }

  public static void main(String[] args) throws IOException {
    System.exit(succeeds(args) ? 0 : 1);
  }

  /** Whether all commands did what they should. */
  static boolean succeeds(String... pipelines) throws IOException {
    Path dir = Files.createTempDirectory("millrace-rehearsal");
    try {
      return new Rehearsal(dir).run(pipelines);
    } finally {
      try (Stream<Path> files = Files.walk(dir)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private boolean run(String[] pipelines) throws IOException {
    Files.writeString(dir.resolve("payments.odcs.yaml"), CONTRACT);
    Files.writeString(dir.resolve("rehearsal.yaml"), PIPELINE);
    Files.write(dir.resolve("spine.csv"), List.of("card,at,label", "c1,2025-01-01T12:30:00Z,1"));
    Files.write(
        dir.resolve("payments.jsonl"),
        List.of("{\"card\": \"c1\", \"at\": \"2025-01-01T12:00:00Z\", \"amount\": 75.5}"));
    write(dir.resolve("payments.parquet"));
    boolean good = true;
    for (String pipeline : pipelines) {
      good &= command("validate", pipeline);
      good &= command("plan", pipeline);
    }
    return good
        && trainingSet("payments.parquet", "payments.parquet")
        && trainingSet("payments.jsonl", "spine.csv");
  }

  private boolean trainingSet(String history, String spine) {
    return command(
        "training-set",
        "--pipeline",
        dir.resolve("rehearsal.yaml").toString(),
        "--spine",
        dir.resolve(spine).toString(),
        "--timestamp",
        "at",
        "--features",
        "card_spending:*",
        "--history",
        "payments=" + dir.resolve(history),
        "--out",
        dir.resolve("set.parquet").toString(),
        "--overwrite");
  }

  private static boolean command(String... words) {
    return MillraceCommand.run(Environment.system(), words) == 0;
  }

  private static void write(Path file) throws IOException {
    try (ParquetRowWriter out =
        new ParquetRowWriter(new LocalOutputFile(file), PAYMENTS, Map.of())) {
      for (int i = 0; i < ROWS; i++) {
        out.write(
            GenericRowData.of(
                StringData.fromString("c" + i % 7),
                TimestampData.fromEpochMillis(NOON_MILLIS + i * 60_000L),
                i % 100 + 0.25));
      }
    }
  }
}
