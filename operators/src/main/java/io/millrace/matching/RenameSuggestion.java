package io.millrace.matching;

import java.util.List;

/**
 * A field that vanished and the one that probably took its place.
 *
 * @param from name by the contract
 * @param to name as it comes now
 * @param confidence probability that it is the same field, from 0 to 1
 * @param reasons for people, the weightiest first; they name no values
 */
public record RenameSuggestion(String from, String to, double confidence, List<String> reasons) {

  public RenameSuggestion {
    reasons = List.copyOf(reasons);
  }
}
