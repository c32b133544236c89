package io.millrace.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a person asks for.
 *
 * @param timestamp the spine's column with the time of each row
 * @param entityColumns entity fields of views to the spine's columns that hold them; a field that
 *     is not named is the column of its own name
 * @param features in the order of the columns to come
 */
public record TrainingRequest(
    String timestamp, Map<String, String> entityColumns, List<FeatureName> features) {

  /**
   * A feature of a view, or all of them.
   *
   * @param feature {@value #ALL}: all features of the view
   */
  public record FeatureName(String view, String feature) {
    public static final String ALL = "*";

    /**
     * Reads {@code view:feature} or {@code view:*}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static FeatureName parse(String text) {
      String[] parts = text.strip().split(":", -1);
      if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
        throw new IllegalArgumentException(
            "'%s' names no feature: write view:feature, or view:* for all of a view"
                .formatted(text));
      }
      return new FeatureName(parts[0].strip(), parts[1].strip());
    }

    @Override
    public String toString() {
      return view + ":" + feature;
    }
  }

  public TrainingRequest {
    entityColumns = Map.copyOf(entityColumns);
    features = List.copyOf(features);
  }

  /**
   * Reads a request from the words of a command line.
   *
   * @param entityColumns each {@code column}, or {@code field=column}
   * @param features each {@code view:feature} or {@code view:*}
   * @throws TrainingProblemsException with everything that is malformed
   */
  public static TrainingRequest parse(
      String timestamp, List<String> entityColumns, List<String> features) {
    List<String> problems = new ArrayList<>();
    Map<String, String> columns = new LinkedHashMap<>();
    for (String text : entityColumns) {
      String[] parts = text.strip().split("=", -1);
      String field = parts[0].strip();
      String column = parts[parts.length - 1].strip();
      if (parts.length > 2 || field.isEmpty() || column.isEmpty()) {
        problems.add(
            "'%s' names no entity column: write column, or field=column where names differ"
                .formatted(text));
      } else if (columns.put(field, column) != null) {
        problems.add("entity field %s is given two columns: name one".formatted(field));
      }
    }
    List<FeatureName> names = new ArrayList<>();
    for (String text : features) {
      try {
        names.add(FeatureName.parse(text));
      } catch (IllegalArgumentException malformed) {
        problems.add(malformed.getMessage());
      }
    }
    TrainingProblemsException.throwIfAny(problems);
    return new TrainingRequest(timestamp, columns, names);
  }
}
