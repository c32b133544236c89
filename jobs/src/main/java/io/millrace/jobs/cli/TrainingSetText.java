package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.training.TrainingSetResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a training set has become, for people and for programs. */
final class TrainingSetText {
  private TrainingSetText() {}

  static String table(TrainingSetResult result, Path out) {
    StringBuilder text = new StringBuilder();
    text.append(columns(result)).append(System.lineSeparator());
    TextTable views =
        new TextTable(
            "VIEW", "VERSION", "EVENTS", "NO EVENT YET", "EXPIRED", "BEFORE HISTORY", "FAILED");
    for (TrainingSetResult.View view : result.views()) {
      views.add(
          view.name(),
          view.version(),
          "%,d".formatted(view.events()),
          "%,d".formatted(view.unknown()),
          "%,d".formatted(view.gone()),
          "%,d".formatted(view.beforeHistory()),
          "%,d".formatted(view.failed()));
    }
    if (!views.isEmpty()) {
      text.append(views).append(System.lineSeparator());
    }
    for (TrainingSetResult.Group group : result.groups()) {
      text.append("on demand %s, version %s%n".formatted(group.name(), group.version()));
    }
    text.append(HistoryText.lines(result.histories()));
    if (!result.leftOut().isEmpty()) {
      text.append(
          "left out %s: nested columns, or of types without a like%n"
              .formatted(String.join(", ", result.leftOut())));
    }
    text.append(
        "written  %s: %,d rows, %d features, %.1f s%n"
            .formatted(out, result.rows(), result.columns().size(), result.millis() / 1e3));
    return text.toString();
  }

  /** What failed has a column where something can fail. */
  private static TextTable columns(TrainingSetResult result) {
    boolean onDemand = !result.groups().isEmpty();
    List<String> heads = new ArrayList<>(List.of("COLUMN", "FEATURE", "NULLS", "SHARE"));
    if (onDemand) {
      heads.add("FAILED");
    }
    TextTable table = new TextTable(heads.toArray(new String[0]));
    for (TrainingSetResult.Column column : result.columns()) {
      List<Object> cells = new ArrayList<>();
      cells.add(column.name());
      cells.add(column.feature());
      cells.add("%,d".formatted(column.nulls()));
      cells.add(
          result.rows() == 0 ? "-" : "%.1f%%".formatted(100.0 * column.nulls() / result.rows()));
      if (onDemand) {
        cells.add("%,d".formatted(column.failed()));
      }
      table.add(cells.toArray());
    }
    return table;
  }

  static String json(TrainingSetResult result, Path out) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("out", out.toString());
    root.put("rows", result.rows());
    root.put("seconds", result.millis() / 1e3);
    ArrayNode columns = root.putArray("columns");
    for (TrainingSetResult.Column column : result.columns()) {
      columns
          .addObject()
          .put("name", column.name())
          .put("feature", column.feature())
          .put("nulls", column.nulls())
          .put("failed", column.failed());
    }
    if (!result.groups().isEmpty()) {
      ArrayNode groups = root.putArray("on_demand");
      for (TrainingSetResult.Group group : result.groups()) {
        groups.addObject().put("name", group.name()).put("version", group.version());
      }
    }
    ArrayNode views = root.putArray("views");
    for (TrainingSetResult.View view : result.views()) {
      views
          .addObject()
          .put("name", view.name())
          .put("version", view.version())
          .put("events", view.events())
          .put("no_event_yet", view.unknown())
          .put("expired", view.gone())
          .put("before_history", view.beforeHistory())
          .put("failed", view.failed());
    }
    HistoryText.add(root, result.histories());
    result.leftOut().forEach(root.withArray("left_out")::add);
    return root + System.lineSeparator();
  }
}
