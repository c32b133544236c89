package io.millrace.training;

import io.millrace.expressions.RowProgram;
import io.millrace.features.CompiledView;
import io.millrace.features.HistoryInputs;
import io.millrace.features.QuestionTopology;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * From a spine and the history of sources to a training set. For batch executions only.
 *
 * <p>Each view's questions are answered by {@link QuestionTopology}; answers and spine are brought
 * together by one sort by the number of the row. Cost: a sort of the events and of the questions of
 * each view, and one of the pieces, all of which spill to disk; memory does not grow with rows.
 */
public final class TrainingTopology {
  private static final byte ONE_KEY = 0;

  private TrainingTopology() {}

  /**
   * The rows of the training set, in the order of the spine, in one subtask.
   *
   * @param spine rows of {@link SpineRows#type}, in one subtask or many, in any order
   * @param history the rows of a source, by its name, with event times, perhaps as {@link
   *     io.millrace.ingest.PositionedRows}; asked once per source
   * @param changelog whether a source's rows are changes of a table
   * @param failed takes, by view, the events on which an expression of the view failed
   * @return rows of the plan's output type
   */
  public static SingleOutputStreamOperator<RowData> rows(
      TrainingPlan plan,
      DataStream<RowData> spine,
      Function<String, DataStream<RowData>> history,
      Predicate<String> changelog,
      BiConsumer<String, DataStream<RowData>> failed) {
    int timeColumn = SpineRows.timeColumn(plan.spine());
    DataStream<RowData> timed =
        spine
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<RowData>noWatermarks()
                    .withTimestampAssigner((row, before) -> row.getLong(timeColumn)))
            .setParallelism(spine.getParallelism())
            .name("spine: times")
            .uid("spine-times");
    DataStream<RowData> pieces =
        sortable(
            timed
                .map(new Piece.OfSpine(plan.spine()))
                .returns(InternalTypeInfo.of(Piece.TYPE))
                .setParallelism(spine.getParallelism())
                .name("spine: rows")
                .uid("spine-rows"),
            "spine",
            "spine-pieces");
    Map<String, HistoryInputs> sources = new HashMap<>();
    for (int p = 0; p < plan.parts().size(); p++) {
      TrainingPlan.Part part = plan.parts().get(p);
      String source = part.view().view().source();
      String uid = "training-" + part.name();
      HistoryInputs inputs =
          sources.computeIfAbsent(
              source, name -> new HistoryInputs(history.apply(name), "history-" + name));
      CompiledView view = inputs.view(part.view());
      RowProgram program = view.program();
      SingleOutputStreamOperator<RowData> events =
          program.applyTo(inputs.rows(view), part.name() + ": inputs").uid(uid + "-inputs");
      failed.accept(part.name(), events.getSideOutput(program.rejectedRows()));
      DataStream<RowData> questions =
          timed
              .flatMap(new Questions(part, plan.spine()))
              .returns(InternalTypeInfo.of(QuestionTopology.questionType(part.view().schema())))
              .setParallelism(spine.getParallelism())
              .name(part.name() + ": questions")
              .uid(uid + "-asked");
      DataStream<RowData> answers =
          QuestionTopology.answers(view, changelog.test(source), events, questions, uid)
              .map(new Piece.OfAnswers(p, part.view().schema().values()))
              .returns(InternalTypeInfo.of(Piece.TYPE))
              .name(part.name() + ": values")
              .uid(uid + "-values");
      pieces = pieces.union(sortable(answers, part.name(), uid + "-pieces"));
    }
    return pieces
        .keyBy(piece -> ONE_KEY, Types.BYTE)
        .transform("training rows", InternalTypeInfo.of(plan.output()), new AssembleOperator(plan))
        .setParallelism(1)
        .uid("training-rows");
  }

  /** A batch execution sorts by key and timestamp: here the row's number. */
  private static DataStream<RowData> sortable(DataStream<RowData> pieces, String of, String uid) {
    return pieces
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<RowData>noWatermarks()
                .withTimestampAssigner((piece, before) -> piece.getLong(0)))
        .setParallelism(pieces.getParallelism())
        .name(of + ": pieces by row")
        .uid(uid);
  }
}
