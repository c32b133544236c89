package io.millrace.jobs.cli;

import io.millrace.ondemand.OnDemandFeatures;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
    return grid(rows, heads);
  }

  /**
   * As above, of on-demand features: under what was brought, what is known of each view's entity.
   */
  static String onDemand(List<OnDemandFeatures> requests, Instant now) {
    if (requests.isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    OnDemandFeatures first = requests.get(0);
    for (String field : first.request().keySet()) {
      rows.add(row(field, requests, each -> FeatureReader.text(each.request().get(field))));
    }
    for (String view : first.views().keySet()) {
      rows.add(
          row(
              view + " is",
              requests,
              each ->
                  each.views()
                      .get(view)
                      .map(stored -> age(stored.age(now)) + " old")
                      .orElse("not known")));
    }
    int heads = rows.size();
    for (String feature : first.values().keySet()) {
      rows.add(row(feature, requests, each -> FeatureReader.text(each.values().get(feature))));
    }
    return grid(rows, heads);
  }

  private static String grid(List<List<String>> rows, int heads) {
    int columns = rows.get(0).size();
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

  private static <T> List<String> row(
      String name, List<T> entities, Function<? super T, String> cell) {
    List<String> row = new ArrayList<>();
    row.add(name);
    entities.forEach(entity -> row.add(cell.apply(entity)));
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

  /** One object per request and line. */
  static String onDemandJson(List<OnDemandFeatures> requests, Instant now) {
    return requests.stream()
        .map(request -> request.toJson(now) + System.lineSeparator())
        .collect(Collectors.joining());
  }

  /** One object per entity and line. */
  static String json(List<StoredFeatures> entities, Instant now) {
    return entities.stream()
        .map(entity -> entity.toJson(now) + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
