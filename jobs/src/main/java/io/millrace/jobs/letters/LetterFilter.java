package io.millrace.jobs.letters;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.util.Set;

/**
 * Which dead letters are meant: those that fit in every respect. An empty set or text fits
 * everything.
 *
 * @param field path of the field; fits fields within it too, so {@code legs} fits {@code
 *     legs[2].dest}
 * @param sinceMillis written at or after this time, epoch millis
 * @param ids as {@link StoredLetter#id} gives them
 */
public record LetterFilter(
    Set<DeadLetterReason> reasons,
    String source,
    String view,
    String field,
    long sinceMillis,
    Set<String> ids) {

  /** Every letter of a pipeline. */
  public static final LetterFilter ALL =
      new LetterFilter(Set.of(), "", "", "", Long.MIN_VALUE, Set.of());

  public LetterFilter {
    reasons = Set.copyOf(reasons);
    ids = Set.copyOf(ids);
  }

  /** The letters of one field of a source, for example after a rename of it was approved. */
  public static LetterFilter ofField(String source, String field) {
    return new LetterFilter(Set.of(), source, "", field, Long.MIN_VALUE, Set.of());
  }

  boolean fits(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    return (reasons.isEmpty() || reasons.contains(letter.reason()))
        && (source.isEmpty() || source.equals(letter.source()))
        && (view.isEmpty() || view.equals(letter.view()))
        && (field.isEmpty() || isWithin(letter.field()))
        && stored.writtenMillis() >= sinceMillis
        && (ids.isEmpty() || ids.contains(stored.id()));
  }

  private boolean isWithin(String path) {
    return path.startsWith(field)
        && (path.length() == field.length() || ".[".indexOf(path.charAt(field.length())) >= 0);
  }
}
