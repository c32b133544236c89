package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.LocalBatchFlink;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.training.TrainingSet;
import io.millrace.jobs.training.TrainingSetResult;
import io.millrace.jobs.training.TrainingSetSettings;
import io.millrace.pipeline.Pipeline;
import io.millrace.training.TrainingRequest;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training set whose history lies in the tables that a job has written. */
class TrainingFromStoreITCase {
  private static final Instant NOON = Instant.parse("2013-01-01T12:00:00Z");

  @TempDir private Path dir;

  @Test
  void shouldAnswerFromWhatTheJobHasKept() throws Exception {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    OfflineTables.prepare(pipeline);
    OfflineSinkITCase.write(
        dir,
        pipeline,
        Map.of(
            "orders", List.of(order(1, 0, "1.50"), order(2, 600, "2.00"), order(3, 1200, "4.00"))));
    Path spine =
        Files.write(
            dir.resolve("spine.csv"),
            List.of(
                "kind,at",
                "7," + NOON.plusSeconds(1200),
                "7," + NOON.plusSeconds(599),
                "7," + NOON.plusSeconds(3700),
                "8," + NOON,
                "7," + NOON.minusSeconds(1)));
    Path out = dir.resolve("set.parquet");

    TrainingSet set =
        TrainingSet.prepare(
            pipeline,
            TrainingRequest.parse(
                "at",
                List.of("quantity=kind"),
                List.of("order_totals:orders_1h", "order_totals:amount_1h")),
            new TrainingSetSettings(spine, out, false, Map.of()));
    TrainingSetResult result;
    try (BatchFlink flink = LocalBatchFlink.of(2, set.exchanges())) {
      result = set.run(flink, progress -> {});
    }

    assertThat(result.histories().get(0).from()).startsWith("table shop.orders, snapshot ");
    assertThat(result.views().get(0).events()).isEqualTo(3);
    assertThat(result.views().get(0).beforeHistory()).isEqualTo(1);
    assertThat(result.views().get(0).unknown()).isEqualTo(2);
    assertThat(rows(out)).containsExactly("3 7.50", "1 1.50", "2 6.00", "null null", "null null");
  }

  /** All changes have one time: only the order in which they came tells what holds. */
  @Test
  void shouldShowTheRowThatCameLast() throws Exception {
    OfflineFixture.pipeline(dir);
    Path file = dir.resolve("shop.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "features:\n",
                "features:\n  customer:\n    entity: [customer_id]\n    source: customers\n"
                    + "    latest: [name]\n")
            .replace("{warehouse: warehouse}", "{warehouse: warehouse, views: []}"));
    Pipeline pipeline = PipelineLoader.load(file, new Environment(Map.of()));
    OfflineTables.prepare(pipeline);
    OfflineSinkITCase.write(
        dir,
        pipeline,
        Map.of(
            "customers",
            List.of(
                customer(RowKind.INSERT, 1, "Zoe"),
                customer(RowKind.INSERT, 2, "Ann"),
                customer(RowKind.UPDATE_BEFORE, 1, "Zoe"),
                customer(RowKind.UPDATE_AFTER, 1, "Bea"),
                customer(RowKind.DELETE, 2, "Ann"),
                customer(RowKind.UPDATE_BEFORE, 1, "Bea"),
                customer(RowKind.UPDATE_AFTER, 1, "Amy"))));
    Path spine =
        Files.write(
            dir.resolve("customers.csv"), List.of("customer_id,at", "1," + NOON, "2," + NOON));
    Path out = dir.resolve("customers.parquet");

    TrainingSet set =
        TrainingSet.prepare(
            pipeline,
            TrainingRequest.parse("at", List.of(), List.of("customer:name")),
            new TrainingSetSettings(spine, out, false, Map.of()));
    try (BatchFlink flink = LocalBatchFlink.of(2, set.exchanges())) {
      set.run(flink, progress -> {});
    }

    assertThat(rows(out)).containsExactly("Amy", "null");
  }

  private static RowData customer(RowKind kind, long id, String name) {
    return GenericRowData.ofKind(kind, id, StringData.fromString(name), null, null);
  }

  private static RowData order(long id, long seconds, String amount) {
    GenericRowData row = new GenericRowData(12);
    row.setField(0, id);
    row.setField(1, TimestampData.fromInstant(NOON.plusSeconds(seconds)));
    row.setField(2, DecimalData.fromBigDecimal(new BigDecimal(amount), 12, 2));
    row.setField(3, (short) 7);
    return row;
  }

  private static List<String> rows(Path file) throws Exception {
    List<String> rows = new ArrayList<>();
    try (ParquetRows in = ParquetRows.open(file)) {
      GenericRowData row = new GenericRowData(in.rowType().getFieldCount());
      while (in.next(row)) {
        String first = String.valueOf(row.getField(2));
        rows.add(row.getArity() == 3 ? first : first + " " + row.getField(3));
      }
    }
    return rows;
  }
}
