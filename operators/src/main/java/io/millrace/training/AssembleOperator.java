package io.millrace.training;

import io.millrace.features.QuestionTopology;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/**
 * Puts rows together from their {@link Piece}s, which come sorted by row, and evaluates what is on
 * demand; keeps one row at a time. Rows go out in the order of their numbers.
 */
final class AssembleOperator extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<RowData, RowData>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final long NO_ROW = Long.MIN_VALUE;
  private static final int ON_DEMAND = -1;

  private final RowData.FieldGetter[] spine;
  private final RowData.FieldGetter[] features;
  private final int[] partOfFeature;
  private final AskedGroup[] groups;
  private final int[] valuesOfPart;
  private final String[] columns;
  private final String[] views;
  private final int timeColumn;

  private transient long row;
  private transient byte[][] pieces;
  private transient long[] begins;
  private transient LongCounter rows;
  private transient LongCounter[] nulls;
  private transient LongCounter[] failed;
  private transient LongCounter[] before;

  AssembleOperator(TrainingPlan plan) {
    timeColumn = SpineRows.timeColumn(plan.spine());
    spine = new RowData.FieldGetter[plan.spine().getFieldCount()];
    Arrays.setAll(spine, i -> RowData.createFieldGetter(plan.spine().getTypeAt(i).copy(true), i));
    int count = plan.features().size();
    features = new RowData.FieldGetter[count];
    partOfFeature = new int[count];
    columns = new String[count];
    for (int i = 0; i < count; i++) {
      TrainingPlan.FeatureColumn feature = plan.features().get(i);
      features[i] = RowData.createFieldGetter(feature.type(), feature.value());
      partOfFeature[i] = feature.onDemand() ? ON_DEMAND : feature.of();
      columns[i] = feature.name();
    }
    groups = new AskedGroup[plan.groups().size()];
    Arrays.setAll(groups, i -> new AskedGroup(plan, i));
    views = plan.parts().stream().map(TrainingPlan.Part::name).toArray(String[]::new);
    valuesOfPart =
        plan.parts().stream()
            .mapToInt(part -> part.view().schema().values().getFieldCount())
            .toArray();
  }

  @Override
  public void open() throws Exception {
    super.open();
    row = NO_ROW;
    pieces = new byte[1 + views.length][];
    begins = new long[views.length];
    Arrays.fill(begins, Long.MAX_VALUE);
    rows = counter(TrainingCounters.ROWS);
    nulls = new LongCounter[columns.length];
    Arrays.setAll(nulls, i -> counter(TrainingCounters.nulls(columns[i])));
    failed = new LongCounter[columns.length];
    for (int i = 0; i < columns.length; i++) {
      if (partOfFeature[i] == ON_DEMAND) {
        failed[i] = counter(TrainingCounters.failed(columns[i]));
      }
    }
    for (AskedGroup group : groups) {
      group.open(getUserCodeClassloader());
    }
    before = new LongCounter[views.length];
    Arrays.setAll(before, i -> counter(TrainingCounters.beforeHistory(views[i])));
  }

  private LongCounter counter(String name) {
    LongCounter counter = new LongCounter();
    getRuntimeContext().addAccumulator(name, counter);
    return counter;
  }

  /** The one key says nothing, and there is no state. */
  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<RowData> record) {
    RowData piece = record.getValue();
    long of = piece.getLong(0);
    int index = piece.getInt(1);
    byte[] bytes = piece.isNullAt(2) ? null : piece.getBinary(2);
    if (of == QuestionTopology.BEGINNING) {
      begins[index - 1] = Math.min(begins[index - 1], ByteBuffer.wrap(bytes).getLong());
      return;
    }
    if (of != row) {
      emit();
      row = of;
    }
    pieces[index] = bytes;
  }

  @Override
  public void endInput() {
    emit();
  }

  @Override
  public void close() throws Exception {
    for (AskedGroup group : groups) {
      group.close();
    }
    super.close();
  }

  private void emit() {
    if (row == NO_ROW) {
      return;
    }
    BinaryRowData left = Piece.row(pieces[0], SpineRows.columns(spine.length));
    GenericRowData out = new GenericRowData(spine.length + features.length);
    for (int i = 0; i < spine.length; i++) {
      out.setField(i, spine[i].getFieldOrNull(left));
    }
    BinaryRowData[] answers = new BinaryRowData[views.length];
    long at = left.getLong(timeColumn);
    for (int part = 0; part < views.length; part++) {
      byte[] bytes = pieces[1 + part];
      answers[part] = bytes == null ? null : Piece.row(bytes, valuesOfPart[part]);
      if (at < begins[part]) {
        before[part].add(1);
      }
    }
    Object[] values = new Object[features.length];
    for (int i = 0; i < features.length; i++) {
      if (partOfFeature[i] != ON_DEMAND) {
        BinaryRowData answer = answers[partOfFeature[i]];
        values[i] = answer == null ? null : features[i].getFieldOrNull(answer);
      }
    }
    for (AskedGroup group : groups) {
      group.evaluate(left, answers, values, column -> failed[column].add(1));
    }
    for (int i = 0; i < features.length; i++) {
      if (values[i] == null) {
        nulls[i].add(1);
      }
      out.setField(spine.length + i, values[i]);
    }
    rows.add(1);
    Arrays.fill(pieces, null);
    output.collect(new StreamRecord<>(out, row));
  }
}
