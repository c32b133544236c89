package io.millrace.jobs.cli;

import io.millrace.jobs.cli.PipelinePlan.PlannedDuplicates;
import io.millrace.jobs.cli.PipelinePlan.PlannedEmbedding;
import io.millrace.jobs.cli.PipelinePlan.PlannedFeature;
import io.millrace.jobs.cli.PipelinePlan.PlannedGroup;
import io.millrace.jobs.cli.PipelinePlan.PlannedMonitor;
import io.millrace.jobs.cli.PipelinePlan.PlannedState;
import io.millrace.jobs.cli.PipelinePlan.PlannedView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan for people to read. */
final class PlanText {

  private final StringBuilder text = new StringBuilder();

  private PlanText() {}

  static String of(PipelinePlan plan) {
    return new PlanText().render(plan);
  }

  private String render(PipelinePlan plan) {
    line("Pipeline " + plan.pipeline());
    line("");
    line("Sources");
    for (PipelinePlan.PlannedSource source : plan.sources()) {
      line("  " + source.name());
      table(
          "    ",
          List.of(
              List.of("from", source.from()),
              List.of("contract", source.contract()),
              List.of("event time", source.eventTime()),
              List.of(
                  "read by",
                  source.views().isEmpty()
                      ? "nothing, so it is not opened"
                      : String.join(", ", source.views()))));
    }
    plan.views().forEach(this::view);
    plan.onDemand().forEach(this::group);
    plan.embeddings().forEach(this::embedding);
    plan.drift().forEach(this::monitor);
    line("");
    line("Topics written");
    table(
        "  ",
        plan.topics().stream()
            .map(topic -> List.of(topic.name(), topic.holds(), topic.delivery()))
            .toList());
    line("");
    line("Online store");
    line(
        "  "
            + plan.onlineStore().address()
            + (plan.onlineStore().cluster() ? ", cluster" : "")
            + ", patience "
            + plan.onlineStore().patience());
    if (!plan.history().isEmpty()) {
      line("");
      line("History tables");
      table(
          "  ",
          plan.history().stream()
              .map(
                  table ->
                      List.of(
                          table.name(),
                          table.holds(),
                          table.parted().isEmpty() ? "not parted" : "by " + table.parted(),
                          table.columns() + " columns"))
              .toList());
    }
    line("");
    line("Operators by uid");
    table(
        "  ",
        plan.operators().stream()
            .map(operator -> List.of(operator.uid(), operator.name()))
            .toList());
    line("");
    line(
        "State per key is measured on made-up rows, as checkpoints hold it: of a key with one row,");
    line("and of a key with a row in every tile of its widest window. Real data differs; keys and");
    line("the state backend's own bytes come on top.");
    return text.toString();
  }

  private void view(PlannedView view) {
    line("");
    line("Features " + view.name());
    List<List<String>> about = new ArrayList<>();
    about.add(List.of("entity", String.join(", ", view.entity())));
    about.add(List.of("source", view.source()));
    addUnlessEmpty(about, "where", view.where());
    addUnlessEmpty(about, "hop", view.hop());
    about.add(List.of("Redis key", view.redisKey()));
    addUnlessEmpty(about, "time to live", view.timeToLive());
    addUnlessEmpty(about, "topic", view.topic());
    about.add(List.of("state per key", state(view.statePerKey())));
    table("  ", about);
    features(view.features());
  }

  private void features(List<PlannedFeature> features) {
    line("");
    table(
        "    ",
        features.stream()
            .map(feature -> List.of(feature.name(), feature.type(), feature.definition()))
            .toList());
  }

  private void group(PlannedGroup group) {
    line("");
    line("On demand " + group.name());
    List<List<String>> about = new ArrayList<>();
    addUnlessEmpty(about, "entity", String.join(", ", group.entity()));
    addUnlessEmpty(
        about,
        "request",
        group.request().stream()
            .map(field -> field.name() + " " + field.type())
            .collect(Collectors.joining(", ")));
    addUnlessEmpty(about, "views", String.join(", ", group.views()));
    table("  ", about);
    features(group.features());
  }

  private void embedding(PlannedEmbedding embedding) {
    line("");
    line("Embedding " + embedding.name());
    List<List<String>> about = new ArrayList<>();
    about.add(List.of("source", embedding.source()));
    about.add(List.of("key", String.join(", ", embedding.key())));
    about.add(List.of("text", embedding.text()));
    about.add(List.of("model", embedding.model()));
    about.add(List.of("collection", embedding.collection()));
    addUnlessEmpty(about, "tenant", embedding.tenant());
    if (embedding.duplicates() != null) {
      duplicates(about, embedding.duplicates());
    }
    table("  ", about);
    line("");
    table(
        "    ",
        embedding.payload().stream()
            .map(
                field -> List.of(field.name(), field.type() + (field.indexed() ? ", indexed" : "")))
            .toList());
  }

  private static void duplicates(List<List<String>> about, PlannedDuplicates duplicates) {
    about.add(
        List.of(
            "duplicates",
            "from %s on, for review from %s on%s"
                .formatted(
                    duplicates.threshold(),
                    duplicates.review(),
                    duplicates.writeBack() ? ", marked in their points" : "")));
    addUnlessEmpty(about, "  found by", String.join("; ", duplicates.blocks()));
    addUnlessEmpty(about, "  near", duplicates.neighbours());
    about.add(
        List.of(
            "  compared",
            duplicates.compare().isEmpty()
                ? "by their vectors alone"
                : String.join("; ", duplicates.compare())));
  }

  private void monitor(PlannedMonitor monitor) {
    line("");
    line("Drift " + monitor.name());
    List<List<String>> about = new ArrayList<>();
    about.add(List.of("watches", monitor.watches()));
    about.add(List.of("window", monitor.window()));
    about.add(List.of("reference", monitor.reference()));
    addUnlessEmpty(about, "segments", monitor.segments());
    about.add(List.of("alarm", monitor.alarm()));
    table("  ", about);
    line("");
    table(
        "    ",
        monitor.columns().stream()
            .map(column -> List.of(column.name(), String.join(", ", column.statistics())))
            .toList());
  }

  private static void addUnlessEmpty(List<List<String>> rows, String label, String value) {
    if (!value.isEmpty()) {
      rows.add(List.of(label, value));
    }
  }

  private static String state(PlannedState state) {
    if (state.tiles() == 0) {
      return bytes(state.quietBytes());
    }
    return bytes(state.quietBytes())
        + " with one row, "
        + bytes(state.busyBytes())
        + " with a row in each of "
        + String.format(Locale.ROOT, "%,d", state.tiles())
        + " tiles";
  }

  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** Columns two blanks apart, the last one as long as it likes. */
  private void table(String indent, List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder cells = new StringBuilder(indent);
      for (int i = 0; i < columns - 1; i++) {
        cells.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      line(cells.append(row.get(columns - 1)).toString());
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
