package io.millrace.features;

import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.accumulators.LongMinimum;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * Computes from history the state that {@link FeatureOperator} would hold had it seen that history,
 * and writes it as that operator's part of a savepoint. Rows come by entity and in the order of
 * {@link Moments}, as a batch execution hands them over.
 *
 * <p>What a key is to hold comes from up to three places: state that an earlier run made of the
 * rows before these (the baseline), the rows, and the state that the view had in the savepoint,
 * which {@link HistoryMerge} gives precedence.
 *
 * <pre>
 *   state     key     grows with                                cleared when
 *   kept      entity  all keys of the view in this subtask, on  the operator ends
 *                     the heap
 *   baseline  entity  keys of the baseline that no row came of  their key ends
 *   current   -       tiles of one key                          the next key begins
 * </pre>
 */
final class BackfillOperator extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<RowData, RowData>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** A processing time that has passed. */
  private static final long AT_ONCE = 0;

  private final FeaturePlan plan;
  private final OperatorState savepoint;
  private final OperatorState baseline;
  private final String folder;

  private transient StateShape shape;
  private transient FeatureEngine engine;
  private transient HistoryMerge merge;
  private transient EntityReader reader;
  private transient KeptState kept;
  private transient KeptState before;
  private transient LiveKey current;

  private transient ListAccumulator<BackfilledState> written;
  private transient LongCounter rows;
  private transient LongCounter keys;
  private transient LongMinimum oldest;
  private transient LongMaximum newest;

  /**
   * @param savepoint what the view has in the savepoint, null if nothing
   * @param baseline what an earlier run made of earlier rows, null if there was none
   * @param folder of the savepoint that is written
   */
  BackfillOperator(
      FeaturePlan plan, OperatorState savepoint, OperatorState baseline, String folder) {
    this.plan = plan;
    this.savepoint = savepoint;
    this.baseline = baseline;
    this.folder = folder;
  }

  @Override
  public void open() throws Exception {
    super.open();
    shape = StateShape.of(plan);
    engine = new FeatureEngine(shape);
    merge = new HistoryMerge(shape, engine);
    reader = new EntityReader(new EntityKeySelector(plan.schema().entity()));
    TypeSerializer<RowData> entity = InternalTypeInfo.of(plan.schema().entity()).toRowSerializer();
    kept = new KeptState(shape, engine, entity, getContainingTask().getEnvironment(), savepoint);
    if (baseline != null) {
      before = new KeptState(shape, engine, entity, getContainingTask().getEnvironment(), baseline);
    }
    String view = shape.view();
    written = new ListAccumulator<>();
    rows = new LongCounter();
    keys = new LongCounter();
    oldest = new LongMinimum(Long.MAX_VALUE);
    newest = new LongMaximum(Long.MIN_VALUE);
    getRuntimeContext().addAccumulator(BackfillTopology.writtenBy(view), written);
    getRuntimeContext().addAccumulator(BackfillTopology.rowsOf(view), rows);
    getRuntimeContext().addAccumulator(BackfillTopology.keysOf(view), keys);
    getRuntimeContext().addAccumulator(BackfillTopology.oldestOf(view), oldest);
    getRuntimeContext().addAccumulator(BackfillTopology.newestOf(view), newest);
  }

  /** Keys are told apart here. */
  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<RowData> record) throws Exception {
    RowData row = record.getValue();
    long time = Moments.timeMillis(record.getTimestamp());
    reader.read(row);
    if (current == null || !reader.matches(current)) {
      end();
      reader.read(row);
      current = begin();
    }
    engine.take(row, time, Moments.isTakenBack(row.getRowKind()));
    rows.add(1);
    oldest.add(time);
    newest.add(time);
  }

  /** Turns to what the baseline knows of the entity that was read, or to an empty key. */
  private LiveKey begin() throws Exception {
    if (before == null) {
      return kept.keys().begin(reader);
    }
    LiveKey key = before.keys().read(reader);
    // Its timers are not in the state that is written.
    key.timerMillis = Head.NONE;
    key.stored = false;
    key.pending = false;
    return key;
  }

  /** Puts the key whose rows have all come under what the savepoint holds of it. */
  private void end() throws Exception {
    if (current == null) {
      return;
    }
    LiveKey key = current;
    current = null;
    reader.read(key.entity);
    if (before != null) {
      before.keys().forget(key.entity);
    }
    StoredKeys target = kept.keys();
    Head own = target.peek(key.entity);
    if (own != null) {
      StateShape was = own.shape;
      long reach = HistoryMerge.reachesBackTo(own);
      LiveKey opened = target.read(reader);
      ChunkStore chunks = before == null ? target : before.keys();
      Head merged = merge.merge(was, reach, opened, target, key, chunks);
      key = reader.toKey(key.entity, engine.open(merged, target));
      key.stored = true;
    }
    target.turnTo(key);
    if (engine.forgettable() && !key.pending) {
      target.remove(key);
      return;
    }
    key.due = engine.dueHop();
    if (!key.pending) {
      // The job emits it as soon as it starts: what is new is to reach the stores at once.
      key.pending = true;
      target.wakeAt(key, AT_ONCE);
    }
    target.write(key, true);
    keys.add(1);
  }

  @Override
  public void endInput() throws Exception {
    end();
    if (before != null) {
      for (RowData entity : before.keys().entities()) {
        reader.read(entity);
        current = begin();
        end();
      }
    }
    TaskInfo task = getRuntimeContext().getTaskInfo();
    int subtask = task.getIndexOfThisSubtask();
    List<String> marker = subtask == 0 ? HistoryMarker.whole(shape) : List.of();
    written.add(
        new BackfilledState(
            subtask, task.getNumberOfParallelSubtasks(), kept.write(folder, marker)));
  }

  @Override
  public void close() throws Exception {
    for (KeptState state : new KeptState[] {kept, before}) {
      if (state != null) {
        state.close();
      }
    }
    super.close();
  }
}
