package io.millrace.jobs.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.tables.ParquetRowWriter;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.tables.SpineTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files around a training set: parts of histories, spines, and the set itself. */
class TrainingFilesTest {
  private static final long SEED = Long.getLong("millrace.seed", 42);

  @TempDir private Path folder;

  @Test
  void shouldReadEveryLineOnceWhereverAFileIsCut() throws IOException {
    Random random = new Random(SEED);
    StringBuilder text = new StringBuilder();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String line = "x".repeat(random.nextInt(40)) + i;
      lines.add(line);
      text.append(line).append(random.nextBoolean() ? "\n" : "\r\n");
      if (random.nextInt(10) == 0) {
        text.append("\n");
      }
    }
    text.append("the last one has no end");
    lines.add("the last one has no end");
    Path file = Files.writeString(folder.resolve("history.jsonl"), text);
    long size = Files.size(file);
    for (int cut = 1; cut < 60; cut++) {
      List<String> read = new ArrayList<>();
      for (long from = 0; from < size; from += cut * 7L) {
        read.addAll(read(new HistorySplit(file.toString(), 0, from, from + cut * 7L)));
      }
      assertThat(read).as("seed %d, parts of %d bytes", SEED, cut * 7).isEqualTo(lines);
    }
  }

  @Test
  void shouldReadPackedLines() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
      packed.write("one\ntwo\n".getBytes(UTF_8));
    }
    Path file = Files.write(folder.resolve("history.jsonl.gz"), bytes.toByteArray());

    assertThat(read(new HistorySplit(file.toString(), 0, 0, Long.MAX_VALUE)))
        .containsExactly("one", "two");
  }

  private static List<String> read(HistorySplit split) throws IOException {
    List<String> lines = new ArrayList<>();
    try (TextLines in = new TextLines(split)) {
      for (byte[] line = in.next(); line != null; line = in.next()) {
        lines.add(new String(line, UTF_8));
      }
    }
    return lines;
  }

  private static List<String> records(Path file) throws IOException {
    List<String> records = new ArrayList<>();
    try (TextLines in = new TextLines(new HistorySplit(file.toString(), 0, 0, Long.MAX_VALUE))) {
      for (byte[] it = in.nextRecord(); it != null; it = in.nextRecord()) {
        records.add(new String(it, UTF_8));
      }
    }
    return records;
  }

  @Test
  void shouldKeepRecordsOfSeveralLinesTogether() throws IOException {
    Path file = Files.writeString(folder.resolve("h.csv"), "a,b\n1,\"two\nlines\"\n3,4\n");
    assertThat(records(file)).containsExactly("a,b", "1,\"two\nlines\"", "3,4");
  }

  @Test
  void shouldNotLetAStrayQuoteTakeTheNextRecordsWithIt() throws IOException {
    Path file = Files.writeString(folder.resolve("h.csv"), "a,b\n1,5\" pipe\n3,4\n5,6\n");

    assertThat(records(file)).containsExactly("a,b", "1,5\" pipe", "3,4", "5,6");
  }

  @Test
  void shouldGoOnBehindAQuoteThatIsNeverClosed() throws IOException {
    int rows = 300_000;
    Path file =
        Files.writeString(folder.resolve("h.csv"), "a,b\n1,\"open\n" + "10,20\n".repeat(rows));
    List<String> records = records(file);

    assertThat(records.get(1)).startsWith("1,\"open\n10,20").hasSizeLessThan(1_100_000);
    assertThat(records).hasSizeGreaterThan(rows / 3).endsWith("10,20");
  }

  @Test
  void shouldReadBackEveryTypeThatItWrites() throws IOException {
    RowType columns =
        RowType.of(
            new LogicalType[] {
              new BooleanType(),
              new TinyIntType(),
              new SmallIntType(),
              new IntType(),
              new BigIntType(),
              new FloatType(),
              new DoubleType(),
              new DecimalType(10, 2),
              VarCharType.STRING_TYPE,
              new VarBinaryType(VarBinaryType.MAX_LENGTH),
              new DateType(),
              new TimestampType(6),
              new LocalZonedTimestampType(3)
            },
            new String[] {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"});
    GenericRowData full =
        GenericRowData.of(
            true,
            (byte) -1,
            (short) -2,
            -3,
            -4L,
            1.5f,
            -2.5,
            DecimalData.fromBigDecimal(new BigDecimal("-12.34"), 10, 2),
            StringData.fromString("ä"),
            new byte[] {1, 2},
            19_000,
            TimestampData.fromEpochMillis(-1, 999_000),
            TimestampData.fromEpochMillis(1_700_000_000_123L));
    GenericRowData nulls = new GenericRowData(columns.getFieldCount());
    Path file = folder.resolve("types.parquet");
    try (ParquetRowWriter out =
        new ParquetRowWriter(new LocalOutputFile(file), columns, Map.of("note", "1"))) {
      out.write(full);
      out.write(nulls);
    }

    try (ParquetRows in = ParquetRows.open(file)) {
      assertThat(in.rowType().getChildren()).isEqualTo(columns.getChildren());
      GenericRowData row = new GenericRowData(columns.getFieldCount());
      assertThat(in.next(row)).isTrue();
      assertThat(row).isEqualTo(full);
      assertThat(in.next(row)).isTrue();
      assertThat(row).isEqualTo(nulls);
      assertThat(in.next(row)).isFalse();
    }
  }

  @Test
  void shouldLeaveOutOfASpineWhatNoColumnHolds() throws IOException {
    Path file = folder.resolve("spine.parquet");
    RowType columns =
        RowType.of(
            new LogicalType[] {
              new LocalZonedTimestampType(3), new ArrayType(VarCharType.STRING_TYPE)
            },
            new String[] {"at", "tags"});
    try (ParquetRowWriter out =
        new ParquetRowWriter(new LocalOutputFile(file), columns, Map.of())) {
      out.write(
          GenericRowData.of(
              TimestampData.fromEpochMillis(7),
              new GenericArrayData(new Object[] {StringData.fromString("x"), null})));
    }
    List<String> problems = new ArrayList<>();

    SpineTable spine = SpineTable.scan(file, Map.of(), "at", problems);

    assertThat(problems).isEmpty();
    assertThat(spine.leftOut()).containsExactly("tags");
    try (SpineTable.Reader in = spine.open()) {
      assertThat(in.next()).isEqualTo(GenericRowData.of(TimestampData.fromEpochMillis(7), 7L, 0L));
      assertThat(in.next()).isNull();
    }
  }

  @Test
  void shouldReadAFileWithoutRows() throws IOException {
    Path file = folder.resolve("empty.parquet");
    RowType columns =
        RowType.of(new LogicalType[] {VarCharType.STRING_TYPE}, new String[] {"text"});
    new ParquetRowWriter(new LocalOutputFile(file), columns, Map.of()).close();

    // A job with an empty list of parts would not start.
    List<HistorySplit> splits = HistoryFiles.splits(List.of(file));

    assertThat(splits).hasSize(1);
    try (ParquetRows rows =
        ParquetRows.open(file, Set.of(), (int) splits.get(0).from(), (int) splits.get(0).end())) {
      assertThat(rows.next(new GenericRowData(1))).isFalse();
    }
  }

  @Test
  void shouldGuessTheColumnsOfASpineFromAllItsRows() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("spine.csv"),
            """
            at,zip,n,share,late,note
            2013-01-01T10:15:00+01:00,01234,1,1,true,
            1357031700000,94107,,2.5,FALSE,"a, b"
            """);
    List<String> problems = new ArrayList<>();

    SpineTable spine = SpineTable.scan(file, Map.of(), "at", problems);

    assertThat(problems).isEmpty();
    assertThat(spine.columns().getChildren())
        .containsExactly(
            new LocalZonedTimestampType(6),
            VarCharType.STRING_TYPE,
            new BigIntType(),
            new DoubleType(),
            new BooleanType(),
            VarCharType.STRING_TYPE);
    try (SpineTable.Reader in = spine.open()) {
      GenericRowData first = in.next();
      GenericRowData second = in.next();
      assertThat(first.getLong(6)).isEqualTo(1_357_031_700_000L);
      assertThat(second.getLong(6)).isEqualTo(1_357_031_700_000L);
      assertThat(second.isNullAt(2)).isTrue();
      assertThat(second.getString(5)).hasToString("a, b");
    }
  }

  @Test
  void shouldLeaveNothingBehindWhenTheDiskIsFull() throws IOException {
    Path file = folder.resolve("set.parquet");
    RowType columns =
        RowType.of(new LogicalType[] {VarCharType.STRING_TYPE}, new String[] {"text"});
    Random random = new Random(SEED);
    TrainingSetSink.Writer writer =
        new TrainingSetSink.Writer(file, columns, Map.of(), part -> new SmallDisk(part, 50_000));

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2_000_000; i++) {
                writer.write(
                    GenericRowData.of(StringData.fromString("" + random.nextLong())), null);
              }
              writer.flush(true);
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("set.parquet cannot be written")
        .hasMessageContaining("No space left on device");
    writer.close();

    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void shouldKeepTheFileFromBeforeUntilTheNewOneIsWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("set.parquet"), "before");
    RowType columns = RowType.of(new LogicalType[] {new IntType()}, new String[] {"n"});
    try (TrainingSetSink.Writer failed =
        new TrainingSetSink.Writer(file, columns, Map.of(), LocalOutputFile::new)) {
      failed.write(GenericRowData.of(1), null);
    }
    assertThat(file).hasContent("before");

    try (TrainingSetSink.Writer whole =
        new TrainingSetSink.Writer(file, columns, Map.of(), LocalOutputFile::new)) {
      whole.write(GenericRowData.of(1), null);
      whole.flush(true);
    }

    try (ParquetRows in = ParquetRows.open(file)) {
      assertThat(in.rows()).isEqualTo(1);
    }
    assertThat(TrainingSetSink.partOf(file)).doesNotExist();
  }

  /** A disk on which no more than so many bytes have room. */
  private static final class SmallDisk implements OutputFile {
    private final OutputFile file;
    private final long room;

    SmallDisk(Path file, long room) {
      this.file = new LocalOutputFile(file);
      this.room = room;
    }

    @Override
    public PositionOutputStream create(long block) throws IOException {
      PositionOutputStream out = file.create(block);
      return new PositionOutputStream() {
        @Override
        public long getPos() throws IOException {
          return out.getPos();
        }

        @Override
        public void write(int b) throws IOException {
          if (getPos() >= room) {
            throw new IOException("No space left on device");
          }
          out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          if (getPos() + length > room) {
            throw new IOException("No space left on device");
          }
          out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
          out.close();
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long block) throws IOException {
      return create(block);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return file.defaultBlockSize();
    }
  }
}
