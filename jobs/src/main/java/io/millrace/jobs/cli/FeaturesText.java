package io.millrace.jobs.cli;

import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Features as a table for people, and as JSON lines for programs. */
final class FeaturesText {

  private static final String GAP = "  ";

  private FeaturesText() {}

  /**
   * A row per feature and a column per entity, under the entities, event times and ages; names to
   * the left, values to the right.
   */
  static String table(List<StoredFeatures> entities, Instant now) {
    if (entities.isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    StoredFeatures first = entities.get(0);
    for (String field : first.entity().keySet()) {
      rows.add(row(field, entities, each -> FeatureReader.text(each.entity().get(field))));
    }
    rows.add(row("event time", entities, each -> each.eventTime().toString()));
    rows.add(row("age", entities, each -> age(each.age(now))));
    int heads = rows.size();
    for (String feature : first.values().keySet()) {
      rows.add(row(feature, entities, each -> FeatureReader.text(each.values().get(feature))));
    }
    int columns = entities.size() + 1;
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], width(row.get(column)));
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      if (i == heads) {
        for (int column = 0; column < columns; column++) {
          table.append(column == 0 ? "" : GAP).append("-".repeat(widths[column]));
        }
        table.append(System.lineSeparator());
      }
      for (int column = 0; column < columns; column++) {
        String text = rows.get(i).get(column);
        String padding = " ".repeat(widths[column] - width(text));
        boolean last = column == columns - 1;
        table.append(column == 0 ? text + (last ? "" : padding) : GAP + padding + text);
      }
      table.append(System.lineSeparator());
    }
    return table.toString();
  }

  private interface Cell {
    String of(StoredFeatures entity);
  }

  private static List<String> row(String name, List<StoredFeatures> entities, Cell cell) {
    List<String> row = new ArrayList<>();
    row.add(name);
    entities.forEach(entity -> row.add(cell.of(entity)));
    return row;
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Two units at most: {@code 350 ms}, {@code 12 s}, {@code 3 min 5 s}, {@code 12 d 4 h}. */
  static String age(Duration age) {
    if (age.isNegative()) {
      return "in " + age(age.negated());
    }
    if (age.compareTo(Duration.ofSeconds(1)) < 0) {
      return age.toMillis() + " ms";
    }
    if (age.compareTo(Duration.ofMinutes(1)) < 0) {
      return age.toSeconds() + " s";
    }
    if (age.compareTo(Duration.ofHours(1)) < 0) {
      return age.toMinutes() + " min " + age.toSecondsPart() + " s";
    }
    if (age.compareTo(Duration.ofDays(1)) < 0) {
      return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
    return age.toDays() + " d " + age.toHoursPart() + " h";
  }

  /** One object per entity and line. */
  static String json(List<StoredFeatures> entities, Instant now) {
    return entities.stream()
        .map(entity -> entity.toJson(now) + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
