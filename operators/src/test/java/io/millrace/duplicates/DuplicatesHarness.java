package io.millrace.duplicates;

import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicatePair;
import io.millrace.vectors.DuplicateMark;
import io.millrace.vectors.Neighbour;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The operators after Qdrant, with queues between them that are emptied at random: what comes from
 * one upstream subtask stays in order, everything else may overtake. The store of points is a map;
 * a search sees what is in it by then.
 */
final class DuplicatesHarness implements AutoCloseable {
  private static final int SUBTASKS = 2;

  private final DuplicatesPlan plan;
  private final Random random;
  private final boolean restarts;
  private final ToDoubleBiFunction<CandidateRow, CandidateRow> similarity;

  private final Map<String, CandidateRow> store = new HashMap<>();
  private final Deque<FoundRow> searches = new ArrayDeque<>();
  private final List<Deque<BlockEntry>> entries = queues();
  private final List<Deque<RowChange>> changes = queues();
  private final List<Deque<PairEvidence>> evidence = queues();

  private KeyedOneInputStreamOperatorTestHarness<String, FoundRow, BlockEntry> router;
  private KeyedOneInputStreamOperatorTestHarness<String, BlockEntry, PairEvidence> blocks;
  private KeyedTwoInputStreamOperatorTestHarness<String, RowChange, PairEvidence, DuplicatePair>
      judge;
  private long nowMillis = 1_000;

  /** What readers of the compacted topics see. */
  final Map<String, DuplicatePair> pairs = new TreeMap<>();

  final Map<String, ClusterMember> members = new TreeMap<>();
  final Map<String, DuplicateMark> marks = new TreeMap<>();
  final List<DuplicatePair> told = new ArrayList<>();

  /**
   * @param restarts whether every operator is restored from a snapshot now and then
   */
  DuplicatesHarness(
      DuplicatesPlan plan,
      Random random,
      boolean restarts,
      ToDoubleBiFunction<CandidateRow, CandidateRow> similarity)
      throws Exception {
    this.plan = plan;
    this.random = random;
    this.restarts = restarts;
    this.similarity = similarity;
    openRouter(null);
    openBlocks(null);
    openJudge(null);
  }

  private static <T> List<Deque<T>> queues() {
    List<Deque<T>> queues = new ArrayList<>();
    for (int i = 0; i < SUBTASKS; i++) {
      queues.add(new ArrayDeque<>());
    }
    return queues;
  }

  private void openRouter(OperatorSubtaskState state) throws Exception {
    router =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new RowRouter(plan)),
            found -> found.row().id(),
            Types.STRING);
    router.initializeState(state);
    router.open();
  }

  private void openBlocks(OperatorSubtaskState state) throws Exception {
    blocks =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new BlockFunction(plan)), BlockEntry::block, Types.STRING);
    blocks.initializeState(state);
    blocks.open();
  }

  private void openJudge(OperatorSubtaskState state) throws Exception {
    judge =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new PairJudge(plan)),
            RowChange::tenant,
            PairEvidence::tenant,
            Types.STRING);
    judge.setProcessingTime(nowMillis);
    judge.initializeState(state);
    judge.open();
  }

  /** The store acknowledges a row; some of what is under way moves on. */
  void acknowledge(CandidateRow row) throws Exception {
    store.put(row.id(), row);
    searches.add(new FoundRow(row, false, List.of()));
    moveSome();
  }

  void acknowledgeDelete(CandidateRow row) throws Exception {
    store.remove(row.id());
    searches.add(new FoundRow(row, true, List.of()));
    moveSome();
  }

  private void moveSome() throws Exception {
    for (int steps = random.nextInt(12); steps > 0; steps--) {
      step();
    }
    if (restarts && random.nextInt(20) == 0) {
      restart();
    }
  }

  /** Everything under way arrives, then nothing happens for a while. */
  void settle() throws Exception {
    while (isBusy()) {
      step();
    }
    nowMillis += 60_000;
    judge.setProcessingTime(nowMillis);
    collect();
  }

  /** Everything under way arrives, and the input ends. */
  void end() throws Exception {
    while (isBusy()) {
      step();
    }
    judge.processBothWatermarks(
        new org.apache.flink.streaming.api.watermark.Watermark(Long.MAX_VALUE));
    collect();
  }

  void watermark(long millis) throws Exception {
    router.processWatermark(millis);
    route();
  }

  private boolean isBusy() {
    return !searches.isEmpty()
        || entries.stream().anyMatch(queue -> !queue.isEmpty())
        || changes.stream().anyMatch(queue -> !queue.isEmpty())
        || evidence.stream().anyMatch(queue -> !queue.isEmpty());
  }

  private void step() throws Exception {
    int subtask = random.nextInt(SUBTASKS);
    switch (random.nextInt(4)) {
      case 0 -> {
        if (!searches.isEmpty()) {
          FoundRow next = searches.poll();
          router.processElement(new StreamRecord<>(searched(next)));
          route();
        }
      }
      case 1 -> {
        if (!entries.get(subtask).isEmpty()) {
          BlockEntry entry = entries.get(subtask).poll();
          blocks.processElement(new StreamRecord<>(entry));
          for (PairEvidence each : blocks.extractOutputValues()) {
            evidence.get(Math.floorMod(entry.block().hashCode(), SUBTASKS)).add(each);
          }
          blocks.getOutput().clear();
        }
      }
      case 2 -> {
        if (!changes.get(subtask).isEmpty()) {
          judge.processElement1(new StreamRecord<>(changes.get(subtask).poll()));
          collect();
        }
      }
      default -> {
        if (!evidence.get(subtask).isEmpty()) {
          judge.processElement2(new StreamRecord<>(evidence.get(subtask).poll()));
          collect();
        }
      }
    }
  }

  private FoundRow searched(FoundRow row) {
    if (row.deleted() || plan.neighbours() == null) {
      return row;
    }
    List<Neighbour> neighbours = new ArrayList<>();
    for (CandidateRow other : store.values()) {
      double alike = similarity.applyAsDouble(row.row(), other);
      if (!other.id().equals(row.row().id())
          && other.tenant().equals(row.row().tenant())
          && alike >= plan.spec().neighbours().similarity()) {
        neighbours.add(new Neighbour(other.id(), other.version(), other.contentHash(), alike));
      }
    }
    return new FoundRow(row.row(), false, neighbours);
  }

  private void route() {
    for (BlockEntry entry : router.extractOutputValues()) {
      entries.get(Math.floorMod(entry.id().hashCode(), SUBTASKS)).add(entry);
    }
    for (RowChange change : side(router.getSideOutput(RowRouter.ROWS))) {
      changes.get(Math.floorMod(change.id().hashCode(), SUBTASKS)).add(change);
    }
    router.getOutput().clear();
    clearSide(RowRouter.ROWS);
  }

  private <T> void clearSide(OutputTag<T> tag) {
    if (router.getSideOutput(tag) != null) {
      router.getSideOutput(tag).clear();
    }
  }

  private static <T> List<T> side(Iterable<StreamRecord<T>> records) {
    List<T> values = new ArrayList<>();
    if (records != null) {
      records.forEach(record -> values.add(record.getValue()));
    }
    return values;
  }

  private void collect() {
    for (DuplicatePair pair : judge.extractOutputValues()) {
      told.add(pair);
      String key = pair.pointA() + "/" + pair.pointB();
      if (pair.withdrawn()) {
        pairs.remove(key);
      } else {
        pairs.put(key, pair);
      }
    }
    judge.getOutput().clear();
    for (ClusterMember member : side(judge.getSideOutput(PairJudge.MEMBERS))) {
      if (member.withdrawn()) {
        members.remove(member.point());
      } else {
        members.put(member.point(), member);
      }
    }
    for (DuplicateMark mark : side(judge.getSideOutput(PairJudge.MARKS))) {
      marks.put(mark.id(), mark);
    }
    if (judge.getSideOutput(PairJudge.MEMBERS) != null) {
      judge.getSideOutput(PairJudge.MEMBERS).clear();
      judge.getSideOutput(PairJudge.MARKS).clear();
    }
  }

  /** Every operator goes on from a snapshot of its own. */
  void restart() throws Exception {
    OperatorSubtaskState ofRouter = router.snapshot(0, nowMillis);
    OperatorSubtaskState ofBlocks = blocks.snapshot(0, nowMillis);
    OperatorSubtaskState ofJudge = judge.snapshot(0, nowMillis);
    close();
    openRouter(ofRouter);
    openBlocks(ofBlocks);
    openJudge(ofJudge);
  }

  /** How much keyed state the operators hold. */
  int stateEntries() {
    return router.numKeyedStateEntries() + blocks.numKeyedStateEntries();
  }

  int judgeEntries() {
    return judge.numKeyedStateEntries();
  }

  @Override
  public void close() throws Exception {
    router.close();
    blocks.close();
    judge.close();
  }
}
