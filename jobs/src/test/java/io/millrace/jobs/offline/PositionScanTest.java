package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a table by hand: of one partition, of several, with and without statistics. */
class PositionScanTest {
  private static final Types.NestedField ID =
      Types.NestedField.optional(1, "id", Types.LongType.get());
  private static final Schema OLD = new Schema(ID);
  private static final Schema SCHEMA =
      new Schema(
          ID,
          Types.NestedField.optional(2, "_partition", Types.IntegerType.get()),
          Types.NestedField.optional(3, "_offset", Types.LongType.get()));

  @TempDir private Path dir;

  private record Row(Integer partition, Long offset) {}

  @Test
  void shouldFindTheEndOfEveryPartitionWhereverItsRowsLie() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      Table table =
          new HadoopTables(new Configuration())
              .create(SCHEMA, PartitionSpec.unpartitioned(), dir.resolve("t" + round).toString());
      int partitions = 1 + random.nextInt(4);
      long[] reached = new long[partitions];
      Map<Integer, Long> next = new TreeMap<>();
      long without = 0;
      AppendFiles append = table.newAppend();
      for (int file = 0; file < 8; file++) {
        boolean single = random.nextBoolean();
        int first = random.nextInt(partitions);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(30); i++) {
          if (random.nextInt(20) == 0) {
            rows.add(new Row(null, null));
            without++;
            continue;
          }
          int partition = single ? first : random.nextInt(partitions);
          reached[partition] += 1 + random.nextInt(3);
          rows.add(new Row(partition, reached[partition]));
          next.put(partition, reached[partition] + 1);
        }
        append.appendFile(file(table, rows, SCHEMA, random.nextInt(4) > 0));
      }
      if (random.nextBoolean()) {
        append.appendFile(file(table, List.of(new Row(null, null)), OLD, true));
        without++;
      }
      append.commit();

      assertThat(scan(table, SCHEMA))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(new HistoryPositions(new TreeMap<>(next), without));
    }
  }

  @Test
  void shouldCountTheRowsOfATableWithoutSuchColumns() throws IOException {
    Table table =
        new HadoopTables(new Configuration())
            .create(OLD, PartitionSpec.unpartitioned(), dir.resolve("old").toString());
    List<Row> rows = List.of(new Row(null, null), new Row(null, null));
    table.newAppend().appendFile(file(table, rows, OLD, true)).commit();

    assertThat(scan(table, OLD)).isEqualTo(new HistoryPositions(new TreeMap<>(), 2));
  }

  private static HistoryPositions scan(Table table, Schema schema) throws IOException {
    return new PositionScan(table, table.currentSnapshot().snapshotId(), schema).positions();
  }

  private DataFile file(Table table, List<Row> rows, Schema schema, boolean statistics)
      throws IOException {
    OutputFile out =
        table.io().newOutputFile(table.location() + "/data/" + System.nanoTime() + ".parquet");
    FileAppender<Record> appender =
        Parquet.write(out)
            .schema(schema)
            .createWriterFunc(type -> GenericParquetWriter.create(schema, type))
            .metricsConfig(
                statistics
                    ? MetricsConfig.getDefault()
                    : MetricsConfig.from(
                        Map.of("write.metadata.metrics.default", "none"), SCHEMA, null))
            .build();
    try (appender) {
      for (Row row : rows) {
        Record record = GenericRecord.create(schema);
        record.setField("id", 1L);
        if (schema == SCHEMA) {
          record.setField("_partition", row.partition());
          record.setField("_offset", row.offset());
        }
        appender.add(record);
      }
    }
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withInputFile(out.toInputFile())
        .withMetrics(appender.metrics())
        .build();
  }
}
