package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.training.TrainingSetResult.History;
import java.util.List;

/** Which history was read, for people and for programs. */
final class HistoryText {
  private HistoryText() {}

  /** A line for each source. */
  static String lines(List<History> histories) {
    StringBuilder text = new StringBuilder();
    for (History history : histories) {
      text.append(
          "history  %s from %s%s%n"
              .formatted(
                  history.source(),
                  history.from(),
                  history.refused() == 0
                      ? ""
                      : ", %,d records refused by its contract".formatted(history.refused())));
    }
    return text.toString();
  }

  /** Adds {@code history}, an object for each source. */
  static void add(ObjectNode root, List<History> histories) {
    ArrayNode sources = root.putArray("history");
    for (History history : histories) {
      sources
          .addObject()
          .put("source", history.source())
          .put("from", history.from())
          .put("refused", history.refused());
    }
  }
}
