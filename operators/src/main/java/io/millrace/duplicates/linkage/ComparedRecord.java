package io.millrace.duplicates.linkage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A row as it is compared: made by {@link Linkage#record}.
 *
 * @param id tells the rows apart
 * @param values one for each compared field, in their order, in the plain form of {@link
 *     PlainText}; null for a value that is missing
 */
public record ComparedRecord(String id, List<String> values) {
  public ComparedRecord {
    // Lists of List.of hold no nulls.
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }
}
