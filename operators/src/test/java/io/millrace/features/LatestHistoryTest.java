package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.FeatureSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Rows of equal times in whatever order a sort leaves them, against the order in which they came.
 */
class LatestHistoryTest {
  private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          "planes",
          RowType.of(false, new LogicalType[] {VarCharType.STRING_TYPE}, new String[] {"tail"}),
          RowType.of(false, new LogicalType[] {new BigIntType()}, new String[] {"seats"}));

  private record Change(RowKind kind, long seats, boolean satisfied, long time, long place) {
    GenericRowData row() {
      GenericRowData row = new GenericRowData(kind, 5);
      row.setField(0, StringData.fromString("N1"));
      row.setField(1, seats);
      row.setField(2, satisfied);
      row.setField(3, 0);
      row.setField(4, place);
      return row;
    }
  }

  @Test
  void shouldShowOfRowsOfOneTimeThatWhichCameLast() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      boolean changelog = random.nextBoolean();
      List<Change> changes = changes(random, changelog);
      Long expected = null;
      long newest = Long.MIN_VALUE;
      for (Change change : changes) {
        if (changelog) {
          expected = gone(change) ? null : (Long) change.seats();
        } else if (change.satisfied() && change.time() >= newest) {
          expected = change.seats();
          newest = change.time();
        }
      }
      List<Change> sorted = new ArrayList<>(changes);
      Collections.shuffle(sorted, random);
      sorted.sort(Comparator.comparingLong(Change::time));
      LatestHistory history =
          new LatestHistory(new LatestPlan(SCHEMA, true, true), changelog, Long.MAX_VALUE);
      history.begin();

      sorted.forEach(change -> history.take(change.row(), change.time()));

      BinaryRowData shown = history.ask(100);
      assertThat(shown == null ? null : (Long) shown.getLong(0))
          .as("seed %d, round %d, changelog %s: %s", SEED, round, changelog, changes)
          .isEqualTo(expected);
    }
  }

  private static boolean gone(Change change) {
    return change.kind() == RowKind.DELETE || !change.satisfied();
  }

  /** In the order in which they come, which is that of their times over a changelog. */
  private static List<Change> changes(Random random, boolean changelog) {
    List<Change> changes = new ArrayList<>();
    long time = 0;
    for (int place = 0; place < 1 + random.nextInt(8); place++) {
      time = changelog ? time + random.nextInt(2) : random.nextInt(3);
      changes.add(
          new Change(
              changelog && random.nextInt(4) == 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER,
              random.nextInt(5),
              random.nextInt(4) > 0,
              time,
              place));
    }
    return changes;
  }
}
