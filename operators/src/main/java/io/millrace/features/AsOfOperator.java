package io.millrace.features;

import io.millrace.records.FeatureVector;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * Computes one entity after another as of a moment. Rows come by {@link EntityHash}, and those of
 * one hash in the order of {@link Moments}, as a batch execution hands them over; what is kept of
 * them says {@link EntityHistories}.
 */
final class AsOfOperator extends AbstractStreamOperator<FeatureVector>
    implements OneInputStreamOperator<RowData, FeatureVector>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final EntityHistories.HistoryFactory factory;
  private final EntityKeySelector selector;
  private final String view;
  private final long ttlMillis;
  private final AsOf asOf;
  private final int hashMask;

  private transient EntityHistories histories;
  private transient StreamRecord<FeatureVector> element;
  private transient LongCounter events;
  private transient LongCounter entities;
  private transient LongCounter deleted;
  private transient LongCounter expired;
  private transient LongCounter unchanged;

  /**
   * @param ttlMillis how long after their last change entities are served
   * @param hashMask as of {@link EntityHash}
   */
  AsOfOperator(
      String view,
      EntityKeySelector selector,
      EntityHistories.HistoryFactory factory,
      long ttlMillis,
      AsOf asOf,
      int hashMask) {
    this.view = view;
    this.selector = selector;
    this.factory = factory;
    this.ttlMillis = ttlMillis;
    this.asOf = asOf;
    this.hashMask = hashMask;
  }

  @Override
  public void open() throws Exception {
    super.open();
    histories = new EntityHistories(selector, factory, hashMask, this::emit);
    element = new StreamRecord<>(null);
    events = counter(AsOfTopology.eventsCounter(view));
    entities = counter(AsOfTopology.entitiesCounter(view));
    deleted = counter(AsOfTopology.deletedCounter(view));
    expired = counter(AsOfTopology.expiredCounter(view));
    unchanged = counter(AsOfTopology.unchangedCounter(view));
  }

  private LongCounter counter(String name) {
    LongCounter counter = new LongCounter();
    getRuntimeContext().addAccumulator(name, counter);
    return counter;
  }

  /** Keys are told apart here: there is no state for Flink to keep. */
  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<RowData> event) throws Exception {
    RowData row = event.getValue();
    histories.turnTo(row).take(row, Moments.timeMillis(event.getTimestamp()));
    events.add(1);
  }

  private void emit(BinaryRowData entity, KeyHistory history) throws Exception {
    BinaryRowData values = history.ask(asOf.timeMillis());
    if (history.unknown()) {
      return;
    }
    long time = history.versionMillis();
    if (asOf.timeMillis() - time >= ttlMillis) {
      expired.add(1);
      return;
    }
    if (time < asOf.changedSinceMillis()) {
      unchanged.add(1);
      return;
    }
    (history.deleted() ? deleted : entities).add(1);
    output.collect(
        element.replace(
            new FeatureVector(
                entity,
                // The next entity is written to the same memory.
                values == null ? null : values.copy(),
                time,
                history.revision(),
                history.deleted()),
            time));
  }

  @Override
  public void endInput() throws Exception {
    histories.end();
  }
}
