package io.millrace.duplicates;

import io.millrace.duplicates.BlockEntry.Role;
import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.vectors.Neighbour;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sends each row to the blocks in which it is compared, and takes it out of those to which it
 * belongs no more. Keyed by the row's id.
 *
 * <pre>
 *   state   key   grows with                          cleared when
 *   known   row   number of rows in the collection;   the row is deleted, or was not changed for
 *                 50 bytes and 50 for each block      {@code keep} of event time
 *   timers  row   the same, where keep is set         they fire
 * </pre>
 */
final class RowRouter extends KeyedProcessFunction<String, FoundRow, BlockEntry> {
  private static final long serialVersionUID = 1L;

  /** Rows that are there, and rows that are gone. */
  static final OutputTag<RowChange> ROWS =
      new OutputTag<>("rows", TypeInformation.of(RowChange.class));

  private static final int MICROS = 1_000;
  private static final char END_OF_TENANT = '\n';

  private final DuplicatesPlan plan;

  private transient ValueState<KnownRow> known;

  RowRouter(DuplicatesPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    known =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("known", TypeInformation.of(KnownRow.class)));
  }

  @Override
  public void processElement(FoundRow found, Context context, Collector<BlockEntry> out)
      throws Exception {
    CandidateRow row = found.row();
    KnownRow before = known.value();
    if (before != null && row.version() < before.version()) {
      return;
    }
    if (found.deleted()) {
      forget(row.id(), row.version(), before, context, out);
      return;
    }
    KnownRow now =
        new KnownRow(
            row.tenant(),
            row.version(),
            blocks(row),
            plan.neighbours() == null ? "" : neighbourhood(row.tenant(), row.id()),
            found.neighbours().stream()
                .map(neighbour -> neighbourhood(row.tenant(), neighbour.id()))
                .toList());
    if (before != null) {
      leave(row.id(), row.version(), before, now, context, out);
    }
    context.output(ROWS, new RowChange(row.id(), row.tenant(), row));
    now.blocks().forEach(block -> out.collect(BlockEntry.member(block, row)));
    if (!now.owned().isEmpty()) {
      out.collect(BlockEntry.owner(now.owned(), row, found.neighbours()));
    }
    for (Neighbour neighbour : found.neighbours()) {
      out.collect(BlockEntry.guest(neighbourhood(row.tenant(), neighbour.id()), row, neighbour));
    }
    known.update(now);
    if (!plan.spec().keep().isZero()) {
      context.timerService().registerEventTimeTimer(forgottenAt(now));
    }
  }

  private List<String> blocks(CandidateRow row) {
    if (plan.linkage() == null) {
      return List.of();
    }
    Set<String> blocks = new LinkedHashSet<>();
    for (long key : plan.linkage().keysOf(new ComparedRecord(row.id(), row.values()))) {
      if (key != 0) {
        blocks.add(row.tenant() + END_OF_TENANT + Long.toHexString(key));
      }
    }
    return List.copyOf(blocks);
  }

  private static String neighbourhood(String tenant, String id) {
    return tenant + END_OF_TENANT + id;
  }

  /** From the blocks of before that are none of now. */
  private static void leave(
      String id,
      long version,
      KnownRow before,
      KnownRow now,
      KeyedProcessFunction<String, FoundRow, BlockEntry>.Context context,
      Collector<BlockEntry> out) {
    leave(id, version, Role.MEMBER, before.blocks(), now.blocks(), out);
    leave(id, version, Role.GUEST, before.visited(), now.visited(), out);
    if (!before.owned().isEmpty() && !before.owned().equals(now.owned())) {
      out.collect(BlockEntry.leaves(before.owned(), Role.OWNER, id, version));
    }
    if (!before.tenant().equals(now.tenant())) {
      context.output(ROWS, new RowChange(id, before.tenant(), null));
    }
  }

  private static void leave(
      String id,
      long version,
      Role role,
      List<String> before,
      List<String> now,
      Collector<BlockEntry> out) {
    List<String> left = new ArrayList<>(before);
    left.removeAll(now);
    left.forEach(block -> out.collect(BlockEntry.leaves(block, role, id, version)));
  }

  private void forget(
      String id, long version, KnownRow before, Context context, Collector<BlockEntry> out) {
    if (before == null) {
      return;
    }
    leave(id, version, Role.MEMBER, before.blocks(), List.of(), out);
    leave(id, version, Role.GUEST, before.visited(), List.of(), out);
    if (!before.owned().isEmpty()) {
      out.collect(BlockEntry.leaves(before.owned(), Role.OWNER, id, version));
    }
    context.output(ROWS, new RowChange(id, before.tenant(), null));
    known.clear();
  }

  private long forgottenAt(KnownRow row) {
    return Math.floorDiv(row.version(), MICROS) + plan.spec().keep().toMillis();
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<BlockEntry> out)
      throws Exception {
    KnownRow row = known.value();
    // At the end of the input all timers fire, whatever their time.
    if (row != null
        && forgottenAt(row) <= time
        && context.timerService().currentWatermark() < Long.MAX_VALUE) {
      forget(context.getCurrentKey(), row.version(), row, context, out);
    }
  }
}
