package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.materialize.MaterializeResult;

/** What was materialized, for people and for programs. */
final class MaterializeText {
  private MaterializeText() {}

  static String table(MaterializeResult result) {
    StringBuilder text = new StringBuilder(HistoryText.lines(result.histories()));
    text.append(
        result.dryRun()
            ? "dry run  nothing was written, %.1f s%n".formatted(result.millis() / 1e3)
            : "written  to the online store, %.1f s%n".formatted(result.millis() / 1e3));
    for (MaterializeResult.View view : result.views()) {
      text.append(
          ("view=%s at=%s events=%d entities=%d deleted=%d expired=%d unchanged=%d written=%d"
                  + " older=%d refused=%d skipped=%d failed=%d%n")
              .formatted(
                  view.name(),
                  view.at(),
                  view.events(),
                  view.entities(),
                  view.deleted(),
                  view.expired(),
                  view.unchanged(),
                  view.written(),
                  view.older(),
                  view.refused(),
                  view.skipped(),
                  view.failed()));
    }
    return text.toString();
  }

  static String json(MaterializeResult result) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("dry_run", result.dryRun()).put("seconds", result.millis() / 1e3);
    ArrayNode views = root.putArray("views");
    for (MaterializeResult.View view : result.views()) {
      ObjectNode node =
          views
              .addObject()
              .put("name", view.name())
              .put("at", view.at().toString())
              .put("events", view.events())
              .put("entities", view.entities())
              .put("deleted", view.deleted())
              .put("expired", view.expired())
              .put("unchanged", view.unchanged())
              .put("written", view.written())
              .put("older", view.older())
              .put("refused", view.refused())
              .put("skipped", view.skipped())
              .put("failed", view.failed());
      view.reasons().forEach(node.withArray("reasons")::add);
    }
    HistoryText.add(root, result.histories());
    return root + System.lineSeparator();
  }
}
