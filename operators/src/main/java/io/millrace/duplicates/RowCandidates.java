package io.millrace.duplicates;

import io.millrace.embedding.RowTexts;
import io.millrace.records.EmbeddedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Makes rows comparable. NOT thread safe. */
final class RowCandidates {
  /** Longer values are cut off in reasons. */
  static final int LONGEST_SHOWN = 60;

  private final DuplicatesPlan plan;
  private final Map<String, Function<RowData, String>> texts = new HashMap<>();
  private final int fields;

  RowCandidates(DuplicatesPlan plan) {
    this.plan = plan;
    RowType carried = plan.schema().carried();
    plan.compared().forEach(field -> texts.put(field, RowTexts.field(carried, field)));
    fields = carried.getFieldCount();
  }

  CandidateRow of(EmbeddedRow row) {
    String id = row.pointId().toString();
    if (row.isDelete()) {
      return new CandidateRow(
          id, row.key(), row.tenant(), row.version(), "", 0, List.of(), List.of());
    }
    List<String> values = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (String field : plan.compared()) {
      String text = texts.get(field).apply(row.payload());
      values.add(text);
      shown.add(text == null || plan.hidden().contains(field) ? "" : shortened(text));
    }
    return new CandidateRow(
        id,
        row.key(),
        row.tenant(),
        row.version(),
        row.contentHash(),
        completeness(row.payload()),
        plan.linkage() == null ? List.of() : plan.linkage().record(id, values).values(),
        shown);
  }

  private int completeness(RowData row) {
    int filled = 0;
    for (int i = 0; i < fields; i++) {
      filled += row.isNullAt(i) ? 0 : 1;
    }
    return filled;
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN - 1)) + "…";
  }
}
