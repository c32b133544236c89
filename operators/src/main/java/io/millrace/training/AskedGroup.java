package io.millrace.training;

import io.millrace.expressions.RowCode;
import io.millrace.expressions.RowEvaluator.FailedRowException;
import io.millrace.ondemand.GroupEvaluator;
import io.millrace.ondemand.RequestField;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The features of one group that a training set asks for: what a request would bring is taken from
 * the spine, the features of views from their answers. Keeps one row.
 */
final class AskedGroup implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<RequestField> request = new ArrayList<>();
  private final List<RowData.FieldGetter> columns = new ArrayList<>();
  private final List<Integer> parts;
  private final List<RowCode> code = new ArrayList<>();
  private final List<RowData.FieldGetter> results = new ArrayList<>();

  /** Of each code its place among the training set's features. */
  private final List<Integer> places = new ArrayList<>();

  private transient GroupEvaluator evaluator;
  private transient GenericRowData input;

  AskedGroup(TrainingPlan plan, int group) {
    TrainingPlan.Group asked = plan.groups().get(group);
    List<RowType.RowField> fields = asked.group().spec().request().getFields();
    for (int i = 0; i < fields.size(); i++) {
      int column = asked.requestColumns().get(i);
      LogicalType type = plan.spine().getTypeAt(column).copy(true);
      request.add(new RequestField(fields.get(i).getName(), fields.get(i).getType()));
      columns.add(RowData.createFieldGetter(type, column));
    }
    parts = List.copyOf(asked.parts());
    for (int place = 0; place < plan.features().size(); place++) {
      TrainingPlan.FeatureColumn feature = plan.features().get(place);
      if (feature.onDemand() && feature.of() == group) {
        code.add(asked.group().features().get(feature.value()).code());
        results.add(RowData.createFieldGetter(feature.type(), 0));
        places.add(place);
      }
    }
  }

  void open(ClassLoader classLoader) {
    evaluator = new GroupEvaluator(code, classLoader);
    input = new GenericRowData(request.size() + parts.size());
  }

  /**
   * Evaluates the group for a row.
   *
   * @param answers of the views; null where the entity is not known
   * @param features takes the values, at the places of the set's features
   * @param failed takes the place of each feature whose expression fails; it is null then
   */
  void evaluate(RowData spine, RowData[] answers, Object[] features, IntConsumer failed) {
    try {
      for (int i = 0; i < request.size(); i++) {
        input.setField(i, request.get(i).value(columns.get(i).getFieldOrNull(spine)));
      }
    } catch (ArithmeticException outOfRange) {
      places.forEach(failed::accept);
      return;
    }
    for (int i = 0; i < parts.size(); i++) {
      input.setField(request.size() + i, answers[parts.get(i)]);
    }
    for (int i = 0; i < places.size(); i++) {
      try {
        features[places.get(i)] = results.get(i).getFieldOrNull(evaluator.evaluate(i, input));
      } catch (FailedRowException failure) {
        failed.accept(places.get(i));
      }
    }
  }

  void close() {
    if (evaluator != null) {
      evaluator.close();
    }
  }
}
