package io.millrace.features;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * Answers questions from the history of their entities. Both inputs come by {@link EntityHash}, and
 * those of one hash in the order of {@link Moments}, as a batch execution hands them over; what is
 * kept of them says {@link EntityHistories}.
 *
 * <p>Out come rows of {@link QuestionTopology#answerType}: one for each question, and at the end
 * one that tells when the history of this subtask begins.
 */
final class QuestionOperator extends AbstractStreamOperator<RowData>
    implements TwoInputStreamOperator<RowData, RowData, RowData>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  private final EntityHistories.HistoryFactory factory;
  private final EntityKeySelector selector;
  private final String view;
  private final int hashMask;

  private transient EntityHistories histories;
  private transient long begins;
  private transient int open;
  private transient GenericRowData answer;
  private transient StreamRecord<RowData> element;
  private transient LongCounter events;
  private transient LongCounter unknown;
  private transient LongCounter gone;

  /**
   * @param hashMask as of {@link EntityHash}
   */
  QuestionOperator(
      String view,
      EntityKeySelector selector,
      EntityHistories.HistoryFactory factory,
      int hashMask) {
    this.view = view;
    this.hashMask = hashMask;
    this.selector = selector;
    this.factory = factory;
  }

  @Override
  public void open() throws Exception {
    super.open();
    histories = new EntityHistories(selector, factory, hashMask, (entity, history) -> {});
    begins = Long.MAX_VALUE;
    open = 2;
    answer = new GenericRowData(3);
    element = new StreamRecord<>(answer);
    events = counter(QuestionTopology.eventsCounter(view));
    unknown = counter(QuestionTopology.unknownCounter(view));
    gone = counter(QuestionTopology.goneCounter(view));
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
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement2(StreamRecord record) {}

  @Override
  public void processElement1(StreamRecord<RowData> event) throws Exception {
    long time = Moments.timeMillis(event.getTimestamp());
    begins = Math.min(begins, time);
    histories.turnTo(event.getValue()).take(event.getValue(), time);
    events.add(1);
  }

  @Override
  public void processElement2(StreamRecord<RowData> question) throws Exception {
    RowData row = question.getValue();
    KeyHistory history = histories.turnTo(row);
    BinaryRowData values = history.ask(Moments.timeMillis(question.getTimestamp()));
    if (values == null) {
      (history.unknown() ? unknown : gone).add(1);
    }
    long id = row.getLong(selector.fields());
    answer.setField(0, id);
    answer.setField(1, null);
    answer.setField(2, values);
    output.collect(element.replace(answer, id));
  }

  @Override
  public void endInput(int input) {
    if (--open == 0 && begins != Long.MAX_VALUE) {
      answer.setField(0, QuestionTopology.BEGINNING);
      answer.setField(1, begins);
      answer.setField(2, null);
      output.collect(element.replace(answer, QuestionTopology.BEGINNING));
    }
  }
}
