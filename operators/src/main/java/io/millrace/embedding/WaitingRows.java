package io.millrace.embedding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/**
 * The state "waiting" of an {@link EmbeddingOperator}: rows that were under way at a snapshot, with
 * their event times. They begin anew after a failure.
 */
final class WaitingRows {

  private final ListStateDescriptor<Tuple2<Long, RowData>> descriptor;
  private final ListState<Tuple2<Long, RowData>> state;

  /** Keys that have rows in the state. */
  private final Set<RowData> written = new HashSet<>();

  WaitingRows(KeyedStateStore store, RowType rowType) {
    descriptor =
        new ListStateDescriptor<>(
            "waiting", new TupleTypeInfo<>(Types.LONG, InternalTypeInfo.of(rowType)));
    state = store.getListState(descriptor);
  }

  /** Takes up the rows of the snapshot that the state was restored from. */
  List<Change> restore(KeyedStateBackend<RowData> backend, RowsUnderWay underWay) throws Exception {
    List<Change> restored = new ArrayList<>();
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (key, rows) -> {
          for (Tuple2<Long, RowData> row : rows.get()) {
            restored.add(underWay.take(key, row.f1, row.f0));
          }
        });
    restored.forEach(change -> written.add(change.key));
    return restored;
  }

  /**
   * Makes the state hold what is under way, and nothing else.
   *
   * @param currentKey sets the key that state is accessed for
   */
  void save(RowsUnderWay underWay, Consumer<RowData> currentKey) throws Exception {
    for (RowData key : written) {
      currentKey.accept(key);
      state.clear();
    }
    written.clear();
    Map<RowData, List<Tuple2<Long, RowData>>> rows = new HashMap<>();
    underWay.forEachKey(
        (key, changes) -> {
          List<Tuple2<Long, RowData>> ofKey = new ArrayList<>();
          changes.forEach(change -> ofKey.add(Tuple2.of(change.timeMillis, change.row)));
          rows.put(key, ofKey);
        });
    for (Map.Entry<RowData, List<Tuple2<Long, RowData>>> entry : rows.entrySet()) {
      currentKey.accept(entry.getKey());
      state.update(entry.getValue());
      written.add(entry.getKey());
    }
  }
}
