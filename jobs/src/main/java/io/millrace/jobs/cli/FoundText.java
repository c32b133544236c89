package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.vectors.FoundPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Found rows as a table for people, and as JSON lines for programs. */
final class FoundText {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WIDEST = 40;

  private FoundText() {}

  /** A line per row: its score, and its payload fields in the order of the pipeline file. */
  static String table(List<FoundPoint> found) {
    if (found.isEmpty()) {
      return "";
    }
    Set<String> fields = new LinkedHashSet<>();
    found.forEach(point -> fields.addAll(point.payload().keySet()));
    List<String> header = new ArrayList<>(List.of("SCORE"));
    header.addAll(fields.isEmpty() ? List.of("key") : fields);
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (FoundPoint point : found) {
      List<Object> cells = new ArrayList<>();
      cells.add(String.format(Locale.ROOT, "%.4f", point.score()));
      if (fields.isEmpty()) {
        cells.add(point.key());
      }
      for (String field : fields) {
        cells.add(cell(point.payload().get(field)));
      }
      table.add(cells.toArray());
    }
    return table.toString();
  }

  /** Of long values the beginning. */
  private static String cell(Object value) {
    if (value == null) {
      return "-";
    }
    String text = value.toString();
    return text.codePointCount(0, text.length()) <= WIDEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }

  static String json(List<FoundPoint> found) {
    StringBuilder lines = new StringBuilder();
    for (FoundPoint point : found) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("score", point.score());
      object.put("point_id", point.id().toString());
      try {
        object.put("key", JSON.readTree(point.key()));
        if (!point.tenant().isEmpty()) {
          object.put("tenant", point.tenant());
        }
        object.put("chunk", point.chunk());
        object.put("text", point.text());
        object.put("payload", point.payload());
        lines.append(JSON.writeValueAsString(object)).append(System.lineSeparator());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the key of a point is JSON: " + point.key(), e);
      }
    }
    return lines.toString();
  }
}
