package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.UNSUPPORTED_CHANGE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class PostgresTableITCase {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PLANES = 2_000;
  private static final AtomicBoolean FAIL_NEXT = new AtomicBoolean();
  private static final AtomicBoolean FAILED = new AtomicBoolean();

  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder().setNumberSlotsPerTaskManager(2).build());

  @BeforeEach
  void reset() {
    FAIL_NEXT.set(false);
    FAILED.set(false);
  }

  @Test
  void shouldMirrorATableThroughSnapshotChangesAndFailures(@TempDir Path dir) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir)) {
      postgres.execute(
          "CREATE TABLE planes (tailnum TEXT PRIMARY KEY, seats INTEGER, notes TEXT)",
          "ALTER TABLE planes ALTER COLUMN notes SET STORAGE EXTERNAL",
          "ALTER TABLE planes REPLICA IDENTITY FULL",
          "INSERT INTO planes SELECT 'N' || n, n % 400, repeat('x', 3000) FROM generate_series(1, "
              + PLANES
              + ") n");
      Contract contract =
          contract(
              required("tailnum", new VarCharType(false, VarCharType.MAX_LENGTH)),
              field("seats", new IntType()),
              field("notes", STRING));
      try (Mirror mirror =
          Mirror.of(postgres, contract, Map.of("heartbeat.interval.ms", new Secret("100")))) {
        // Changes while the snapshot is being read.
        postgres.execute(
            "UPDATE planes SET seats = 1000 WHERE tailnum = 'N1'",
            "DELETE FROM planes WHERE tailnum = 'N2'",
            "INSERT INTO planes VALUES ('NEW1', 7, 'new')");
        mirror.awaitEqualTo(planes(postgres));

        postgres.execute(
            // The large notes stay as they are: the log leaves them out.
            "UPDATE planes SET seats = seats + 1 WHERE seats < 100",
            "DELETE FROM planes WHERE seats = 399",
            "UPDATE planes SET tailnum = 'RENAMED' WHERE tailnum = 'N3'",
            "BEGIN; INSERT INTO planes VALUES ('GONE', 1, 'x'); ROLLBACK");
        mirror.awaitEqualTo(planes(postgres));

        // The job fails in the middle of changes and restores its last checkpoint.
        FAIL_NEXT.set(true);
        for (int i = 0; i < 200; i++) {
          postgres.execute("INSERT INTO planes VALUES ('A" + i + "', " + i + ", 'after')");
        }
        postgres.execute("UPDATE planes SET seats = seats + 1 WHERE tailnum LIKE 'A1%'");
        Deadline.await(PATIENCE, "the planted failure", FAILED::get);
        mirror.awaitEqualTo(planes(postgres));

        // The database goes away and comes back.
        postgres.stop();
        Deadline.await(PATIENCE, "Postgres to start again", () -> restarted(postgres));
        postgres.execute(
            "INSERT INTO planes VALUES ('BACK', 1, 'again')",
            "DELETE FROM planes WHERE tailnum LIKE 'A2%'");
        mirror.awaitEqualTo(planes(postgres));

        assertThat(mirror.surprises()).isEmpty();
        assertThat(mirror.deadLetters()).isEmpty();
      }
    }
  }

  @Test
  void shouldFollowColumnsThatAreAddedRenamedAndWidenedWhileItRuns(@TempDir Path dir)
      throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir)) {
      postgres.execute(
          "CREATE TABLE planes (tailnum TEXT PRIMARY KEY, seats INTEGER NOT NULL, notes TEXT)",
          "ALTER TABLE planes REPLICA IDENTITY FULL",
          "INSERT INTO planes SELECT 'N' || n, n, 'note ' || n FROM generate_series(1, 50) n");
      Contract contract =
          contract(
              required("tailnum", new VarCharType(false, VarCharType.MAX_LENGTH)),
              new Field("seats", new IntType(false), true, false, Optional.empty(), ""),
              field("notes", STRING));
      try (Mirror mirror =
          Mirror.of(postgres, contract, Map.of("heartbeat.interval.ms", new Secret("100")))) {
        mirror.awaitEqualTo(planes(postgres));
        postgres.execute("UPDATE planes SET seats = seats + 1 WHERE tailnum = 'N1'");
        mirror.awaitEqualTo(planes(postgres));

        postgres.execute(
            "ALTER TABLE planes ADD COLUMN gate TEXT",
            "UPDATE planes SET gate = 'B12', seats = 9 WHERE tailnum = 'N2'",
            "ALTER TABLE planes RENAME COLUMN seats TO seat_count",
            "UPDATE planes SET seat_count = 10 WHERE tailnum = 'N3'",
            "ALTER TABLE planes ALTER COLUMN seat_count TYPE BIGINT",
            "UPDATE planes SET seat_count = 3000000000 WHERE tailnum = 'N4'",
            "INSERT INTO planes VALUES ('NEW', 7, 'new', 'C1')",
            "DELETE FROM planes WHERE tailnum = 'N5'");

        mirror.awaitEqualTo(planes(postgres, "SELECT tailnum, seat_count, notes FROM planes"));
        assertThat(mirror.surprises()).isEmpty();
        assertThat(mirror.deadLetters()).isEmpty();
      }
    }
  }

  @Test
  void shouldConvertEveryTypeAndSetMisfitsAside(@TempDir Path dir) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir)) {
      postgres.execute(
          """
          CREATE TABLE things (
            id INTEGER PRIMARY KEY, price NUMERIC(12, 4), amount NUMERIC, ratio REAL,
            made DATE, seen TIMESTAMP(3), sent TIMESTAMPTZ, ok BOOLEAN, ref UUID, doc JSONB,
            tags TEXT[], blob BYTEA, extra TEXT)
          """,
          "ALTER TABLE things REPLICA IDENTITY FULL",
          """
          INSERT INTO things VALUES (1, 12.5, 1e3, 0.5, '2013-01-01', '2013-01-01 10:15:00.25',
            '2013-01-01 10:15:00+01', true, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
            '{"n": 7, "other": 1}', '{a,NULL,b}', '\\x0001', 'unknown to the contract')
          """,
          "INSERT INTO things (id) VALUES (2)",
          "INSERT INTO things (id, sent) VALUES (4, 'infinity')",
          "INSERT INTO things (id, price) VALUES (5, 99999999.9999)");
      Contract contract =
          contract(
              required("id", new IntType(false)),
              field("price", new DecimalType(10, 4)),
              field("amount", new DecimalType(20, 2)),
              field("ratio", new DoubleType()),
              field("made", new DateType()),
              field("seen", new TimestampType(3)),
              field("sent", new LocalZonedTimestampType(6)),
              field("ok", new BooleanType()),
              field("ref", STRING),
              field("doc", new RowType(List.of(new RowType.RowField("n", new IntType())))),
              field("tags", new ArrayType(STRING)),
              field("blob", new VarBinaryType(VarBinaryType.MAX_LENGTH)));
      try (Mirror mirror = Mirror.of(postgres, "things", contract, Map.of())) {
        String one =
            "12.5000|1000.00|0.5|15706|2013-01-01T10:15:00.250|2013-01-01T09:15|true"
                + "|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|7|[a, null, b]|[0, 1]";
        String nulls = "null|null|null|null|null|null|null|null|null|null|null";
        Deadline.await(
            PATIENCE,
            () -> "two rows and two dead letters, have " + mirror.rows + mirror.deadLetters(),
            () -> mirror.holds(2, Set.of("1", "2")));
        assertThat(mirror.rows()).isEqualTo(Map.of("1", one, "2", nulls));
        assertThat(mirror.deadLetters())
            .filteredOn(letter -> letter.field().equals("price"))
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.reason()).isEqualTo(OUT_OF_RANGE);
                  assertThat(letter.coordinates().place()).isEqualTo("public.things");
                  assertThat(new String(letter.coordinates().key(), UTF_8)).isEqualTo("{\"id\":5}");
                  assertThat(new String(letter.raw().bytes(), UTF_8))
                      .contains("\"price\":\"99999999.9999\"");
                });

        // A row that stops fitting leaves; one that starts to fit comes in.
        postgres.execute(
            "UPDATE things SET price = 99999999 WHERE id = 1",
            "UPDATE things SET price = 1 WHERE id = 5",
            "DELETE FROM things WHERE id = 4",
            "INSERT INTO things (id, amount) VALUES (6, 'NaN')",
            "TRUNCATE things");
        String five = nulls.replaceFirst("null", "1.0000");
        Deadline.await(
            PATIENCE,
            () -> "rows 2 and 5 and six dead letters, have " + mirror.rows + mirror.deadLetters(),
            () -> mirror.holds(6, Set.of("2", "5")));
        assertThat(mirror.rows()).isEqualTo(Map.of("2", nulls, "5", five));
        assertThat(mirror.deadLetters())
            .filteredOn(letter -> letter.reason() == UNSUPPORTED_CHANGE)
            .singleElement()
            .satisfies(letter -> assertThat(letter.message()).contains("TRUNCATE"));
        assertThat(mirror.surprises()).isEmpty();
      }
    }
  }

  @Test
  void shouldSetAsideWhatPostgresKeepsAndNoContractCanHold(@TempDir Path dir) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir)) {
      OddValues.createTable(postgres, "odd");
      OddValues.insert(postgres, "odd", 100, 0);
      Contract contract =
          contract(
              required("id", new IntType(false)),
              field("amount", new DecimalType(20, 2)),
              field("made", new DateType()),
              field("seen", new TimestampType(6)),
              field("sent", new LocalZonedTimestampType(6)),
              field("times", new ArrayType(new TimestampType(6))));
      try (Mirror mirror = Mirror.of(postgres, "odd", contract, Map.of())) {
        int last = OddValues.ALL.size() - 1;
        String kept = Integer.toString(100 + last);
        Deadline.await(
            PATIENCE,
            () -> last + " dead letters of the snapshot, have " + told(mirror),
            () -> mirror.holds(last, Set.of(kept)));
        OddValues.insert(postgres, "odd", 200, OddValues.OF_THE_LOG);
        int all = 2 * last - OddValues.OF_THE_LOG;
        Deadline.await(
            PATIENCE,
            () -> all + " dead letters, have " + told(mirror),
            () -> mirror.holds(all, Set.of(kept, Integer.toString(200 + last))));

        assertThat(mirror.rows()).allSatisfy((any, row) -> assertThat(row).contains("|2932896|"));
        for (DeadLetter letter : mirror.deadLetters()) {
          String id = new String(letter.coordinates().key(), UTF_8).replaceAll("[^0-9]", "");
          String column = OddValues.ALL.get(Integer.parseInt(id) % 100)[0];
          assertThat(letter.field()).as(letter.toString()).startsWith(column);
        }
        assertThat(mirror.surprises()).isEmpty();
      }
    }
  }

  private static String told(Mirror mirror) {
    StringBuilder told = new StringBuilder().append(mirror.rows());
    for (DeadLetter letter : mirror.deadLetters()) {
      told.append(System.lineSeparator())
          .append(new String(letter.coordinates().key(), UTF_8))
          .append(' ')
          .append(letter.field())
          .append(' ')
          .append(letter.reason())
          .append(' ')
          .append(letter.message());
    }
    return told.toString();
  }

  private static boolean restarted(PostgresServer postgres) {
    postgres.start();
    return true;
  }

  private static Map<String, String> planes(PostgresServer postgres) throws SQLException {
    return planes(postgres, "SELECT tailnum, seats, notes FROM planes");
  }

  private static Map<String, String> planes(PostgresServer postgres, String query)
      throws SQLException {
    Map<String, String> planes = new TreeMap<>();
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        planes.put(row.getString(1), row.getLong(2) + "|" + row.getString(3));
      }
    }
    return planes;
  }

  private static Contract contract(Field... fields) {
    return new Contract("table", "1.0.0", "", List.of(fields));
  }

  private static Field required(String name, LogicalType type) {
    return new Field(name, type, true, true, Optional.empty(), "");
  }

  private static Field field(String name, LogicalType type) {
    return new Field(name, type, false, false, Optional.empty(), "");
  }

  /** A running job, and the table as its rows tell it. */
  private static final class Mirror implements AutoCloseable {
    private final Map<String, String> rows = new TreeMap<>();
    private final Queue<DeadLetter> deadLetters = new ConcurrentLinkedQueue<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final JobClient job;
    private final CloseableIterator<String> changes;
    private final CloseableIterator<DeadLetter> letters;
    private final List<Thread> readers;

    static Mirror of(PostgresServer postgres, Contract contract, Map<String, Secret> properties)
        throws Exception {
      return of(postgres, "planes", contract, properties);
    }

    static Mirror of(
        PostgresServer postgres, String table, Contract contract, Map<String, Secret> properties)
        throws Exception {
      return new Mirror(
          new Source(
              table,
              new PostgresOrigin(
                  postgres.host(),
                  postgres.port(),
                  postgres.database(),
                  "public",
                  table,
                  "millrace_" + table,
                  postgres.username(),
                  new Secret(postgres.password()),
                  properties),
              contract,
              new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false)));
    }

    private Mirror(Source source) throws Exception {
      Configuration configuration = new Configuration();
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
      configuration.set(
          RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
      configuration.set(PipelineOptions.GENERIC_TYPES, false);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(configuration);
      env.setParallelism(2);
      env.enableCheckpointing(200);
      SourceStreams streams = SourceStreams.open(env, source, "source-" + source.name());
      RowType type = source.rowType();
      assertThat(streams.rows().getParallelism()).isEqualTo(1);
      changes =
          streams
              .rows()
              .keyBy(new FirstField(type))
              .map(new Printed(type))
              .uid("printed")
              .collectAsync();
      letters = streams.deadLetters().collectAsync();
      job = env.executeAsync("mirror");
      readers =
          List.of(
              reader(() -> changes.forEachRemaining(this::apply)),
              reader(() -> letters.forEachRemaining(deadLetters::add)));
    }

    private static Thread reader(Runnable reading) {
      Thread thread = new Thread(reading, "reader");
      // Cancelling the job ends the iterators with an exception.
      thread.setUncaughtExceptionHandler((ended, cancelled) -> {});
      thread.setDaemon(true);
      thread.start();
      return thread;
    }

    private void apply(String change) {
      String[] parts = change.split("\\|", 3);
      synchronized (rows) {
        switch (parts[0]) {
          case "+U" -> rows.put(parts[1], parts[2]);
          case "+I" -> {
            if (rows.put(parts[1], parts[2]) != null) {
              surprises.add("inserted twice: " + parts[1]);
            }
          }
          default -> {
            if (!rows.remove(parts[1], parts[2])) {
              surprises.add("was not there: " + change.substring(0, Math.min(80, change.length())));
            }
          }
        }
      }
    }

    Map<String, String> rows() {
      synchronized (rows) {
        return new TreeMap<>(rows);
      }
    }

    boolean holds(int deadLetterCount, Set<String> keys) {
      return deadLetters.size() == deadLetterCount && rows().keySet().equals(keys);
    }

    Queue<DeadLetter> deadLetters() {
      return deadLetters;
    }

    Queue<String> surprises() {
      return surprises;
    }

    void awaitEqualTo(Map<String, String> table) {
      Deadline.await(
          PATIENCE,
          () -> "the rows to equal the table, they differ in " + difference(table),
          () -> rows().equals(table));
    }

    private List<String> difference(Map<String, String> table) {
      Map<String, String> here = rows();
      return Stream.concat(table.keySet().stream(), here.keySet().stream())
          .distinct()
          .filter(key -> !Objects.equals(table.get(key), here.get(key)))
          .limit(10)
          .toList();
    }

    @Override
    public void close() throws Exception {
      job.cancel().get();
      for (Thread reader : readers) {
        reader.join(PATIENCE.toMillis());
      }
      changes.close();
      letters.close();
    }
  }

  private static final class FirstField implements KeySelector<RowData, String> {
    private static final long serialVersionUID = 1L;
    private final RowType type;

    FirstField(RowType type) {
      this.type = type;
    }

    @Override
    public String getKey(RowData row) {
      return String.valueOf(RowData.createFieldGetter(type.getTypeAt(0), 0).getFieldOrNull(row));
    }
  }

  /** A change as {@code kind|key|other fields}; fails once when it is told to. */
  private static final class Printed implements MapFunction<RowData, String> {
    private static final long serialVersionUID = 1L;
    private final RowType type;

    Printed(RowType type) {
      this.type = type;
    }

    @Override
    public String map(RowData row) {
      if (FAIL_NEXT.compareAndSet(true, false)) {
        FAILED.set(true);
        throw new IllegalStateException("planted failure");
      }
      StringBuilder printed = new StringBuilder(row.getRowKind().shortString());
      for (int i = 0; i < type.getFieldCount(); i++) {
        if (type.getFieldNames().get(i).equals(Source.EVOLVED_COLUMN)) {
          continue;
        }
        printed.append('|').append(printed(row, i));
      }
      return printed.toString();
    }

    private String printed(RowData row, int i) {
      if (row.isNullAt(i)) {
        return "null";
      }
      return switch (type.getTypeAt(i).getTypeRoot()) {
        case ARRAY -> {
          ArrayData array = row.getArray(i);
          String[] items = new String[array.size()];
          for (int item = 0; item < items.length; item++) {
            items[item] = array.isNullAt(item) ? "null" : array.getString(item).toString();
          }
          yield List.of(items).toString();
        }
        case VARBINARY -> Arrays.toString(row.getBinary(i));
        case ROW -> String.valueOf(row.getRow(i, 1).getLong(0));
        default ->
            String.valueOf(RowData.createFieldGetter(type.getTypeAt(i), i).getFieldOrNull(row));
      };
    }
  }
}
