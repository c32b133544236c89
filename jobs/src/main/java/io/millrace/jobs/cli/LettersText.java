package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.letters.LetterGroups.Group;
import io.millrace.pipeline.Pipeline;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Groups of dead letters as a table for people, and as JSON lines for programs. */
final class LettersText {

  private static final String GAP = "  ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private LettersText() {}

  static String table(List<Group> groups, Pipeline pipeline) {
    long count = groups.stream().mapToLong(Group::count).sum();
    String nl = System.lineSeparator();
    if (count == 0) {
      return "no such dead letters on topic " + pipeline.topics().deadLetters() + nl;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("COUNT", "REASON", "SOURCE", "FIELD OR VIEW", "NEWEST", "EXAMPLE"));
    for (Group group : groups) {
      rows.add(
          List.of(
              "%,d".formatted(group.count()),
              group.reason().name(),
              group.source(),
              where(group),
              time(group.newestMillis()).toString(),
              group.newest().id()));
    }
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      List<String> row = rows.get(i);
      table.append(" ".repeat(widths[0] - row.get(0).length())).append(row.get(0));
      for (int column = 1; column < widths.length; column++) {
        String text = row.get(column);
        boolean last = column == widths.length - 1;
        table
            .append(GAP)
            .append(text)
            .append(last ? "" : " ".repeat(widths[column] - text.length()));
      }
      table.append(nl);
      if (i > 0) {
        Group group = groups.get(i - 1);
        String indent = " ".repeat(widths[0]) + GAP;
        table.append(indent).append(group.newest().letter().message()).append(nl);
        if (group.refusedAgain() > 0) {
          table
              .append(indent)
              .append(
                  "%,d of them were refused again after a replay".formatted(group.refusedAgain()))
              .append(nl);
        }
      }
    }
    return table
        .append(nl)
        .append(
            "%,d dead letters of pipeline %s on topic %s"
                .formatted(count, pipeline.name(), pipeline.topics().deadLetters()))
        .append(nl)
        .toString();
  }

  private static String where(Group group) {
    if (!group.view().isEmpty()) {
      return "view " + group.view();
    }
    return group.field().isEmpty() ? "-" : group.field();
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }

  static String json(List<Group> groups) {
    StringBuilder lines = new StringBuilder();
    for (Group group : groups) {
      ObjectNode json = JSON.createObjectNode();
      json.put("source", group.source());
      json.put("reason", group.reason().name());
      json.put("field", group.field());
      json.put("view", group.view());
      json.put("count", group.count());
      json.put("refused_again", group.refusedAgain());
      json.put("oldest", Instant.ofEpochMilli(group.oldestMillis()).toString());
      json.put("newest", Instant.ofEpochMilli(group.newestMillis()).toString());
      json.put("example_id", group.newest().id());
      json.put("example_message", group.newest().letter().message());
      try {
        lines.append(JSON.writeValueAsString(json)).append(System.lineSeparator());
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException("a tree can be written", impossible);
      }
    }
    return lines.toString();
  }
}
