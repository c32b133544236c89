package io.millrace.jobs.letters;

import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw;
import java.util.Optional;

/** Whether replaying a letter can be of use. */
final class Verdict {

  private static final String CHANGE =
      "it is a change of a table, which later changes may have replaced: let the row change once"
          + " more, and it is read by the contract of that time";

  private static final String KEY_ONLY =
      "it holds the row's key and not the row: send the record once more, or let the row change, and"
          + " its point is written";

  private Verdict() {}

  /** Why a replay of the letter would change nothing, or could not be right; empty if it may. */
  static Optional<String> against(Pipeline pipeline, DeadLetter letter) {
    Optional<Source> source = pipeline.source(letter.source());
    if (source.isEmpty()) {
      return Optional.of("the pipeline has no source " + letter.source() + " any more");
    }
    if (!letter.view().isEmpty() && !computes(pipeline, letter.view())) {
      return Optional.of("the pipeline has no view " + letter.view() + " any more");
    }
    if (source.get().isChangelog() && letter.raw().content() != Raw.Content.VECTOR) {
      return Optional.of(CHANGE);
    }
    return Optional.ofNullable(
        switch (letter.reason()) {
          case TOO_LATE ->
              "the row is older than every window of the view, and is so still: backfill with a new"
                  + " job that reads the source from its beginning";
          case NULL_RECORD -> "there are no bytes to read again";
          case MISSING_BEFORE_IMAGE, UNSUPPORTED_CHANGE ->
              "the change does not say which rows it is about, and no contract can";
          case REFUSED_BY_STORE, EXPRESSION_FAILED ->
              letter.raw().content() == Raw.Content.COLUMNS ? KEY_ONLY : needs(letter, true);
          default -> needs(letter, false);
        });
  }

  private static boolean computes(Pipeline pipeline, String name) {
    return pipeline.featureView(name).isPresent() || pipeline.embedding(name).isPresent();
  }

  private static String needs(DeadLetter letter, boolean whole) {
    if (!letter.raw().isTruncated()) {
      return null;
    }
    if (whole || letter.coordinates().isTable() || !letter.coordinates().isExact()) {
      return "its bytes were cut off at "
          + letter.raw().bytes().length
          + " of "
          + letter.raw().size()
          + " and are nowhere else";
    }
    return null;
  }

  static Optional<KafkaOrigin> kafka(Pipeline pipeline, DeadLetter letter) {
    return pipeline
        .source(letter.source())
        .map(Source::origin)
        .filter(KafkaOrigin.class::isInstance)
        .map(KafkaOrigin.class::cast);
  }
}
