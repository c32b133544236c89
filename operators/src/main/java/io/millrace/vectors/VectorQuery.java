package io.millrace.vectors;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What to look for.
 *
 * @param text is embedded by the model that embedded the rows
 * @param tenant whose points are looked at; has to be given where a collection has tenants
 * @param filters what payload fields have to be equal to, as text
 * @param limit most points to return, at least 1
 */
public record VectorQuery(
    String text, Optional<String> tenant, Map<String, String> filters, int limit) {

  /** The most points that one query returns. */
  public static final int MOST = 1_000;

  public VectorQuery {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the text to search for is empty");
    }
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException(
          "limit is " + limit + "; expected a number from 1 to " + MOST);
    }
    filters = Collections.unmodifiableMap(new LinkedHashMap<>(filters));
  }
}
