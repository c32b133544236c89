package io.millrace.jobs.cli;

import io.millrace.jobs.letters.LetterFilter;
import io.millrace.pipeline.Durations;
import io.millrace.records.DeadLetterReason;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that choose dead letters. */
final class LetterSelection {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--reason",
      split = ",",
      paramLabel = "REASON",
      description = "Only letters of these reasons, such as WRONG_TYPE,MISSING_FIELD.")
  private Set<DeadLetterReason> reasons = Set.of();

  @Option(names = "--source", description = "Only letters of this source.")
  private String source = "";

  @Option(names = "--view", description = "Only letters that this view refused.")
  private String view = "";

  @Option(
      names = "--field",
      paramLabel = "PATH",
      description = "Only letters of this field, or of fields within it.")
  private String field = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only letters written in the last while (30m, 24h, 7d) or since an instant.")
  private String since = "";

  @Option(
      names = "--id",
      split = ",",
      paramLabel = "ID",
      description = "Only these letters, named as list and show do: 0-42.")
  private List<String> ids = List.of();

  /** Whether nothing was chosen. */
  boolean isEmpty() {
    return filter(Instant.EPOCH).equals(LetterFilter.ALL) && since.isEmpty();
  }

  LetterFilter filter(Instant now) {
    ids.forEach(this::checkId);
    return new LetterFilter(reasons, source, view, field, sinceMillis(now), Set.copyOf(ids));
  }

  /** With these letters instead of those of {@code --id}. */
  LetterFilter filter(Instant now, List<String> named) {
    named.forEach(this::checkId);
    LetterFilter filter = filter(now);
    return named.isEmpty()
        ? filter
        : new LetterFilter(
            filter.reasons(),
            filter.source(),
            filter.view(),
            filter.field(),
            filter.sinceMillis(),
            Set.copyOf(named));
  }

  private void checkId(String id) {
    if (!id.matches("\\d{1,9}-\\d{1,18}")) {
      throw new ParameterException(
          spec.commandLine(),
          "'%s' is no letter: an ID is partition-offset, such as 0-42".formatted(id));
    }
  }

  private long sinceMillis(Instant now) {
    if (since.isEmpty()) {
      return LetterFilter.ALL.sinceMillis();
    }
    Optional<Duration> ago = Durations.parse(since);
    if (ago.isPresent()) {
      return now.minus(ago.get()).toEpochMilli();
    }
    try {
      return Instant.parse(since).toEpochMilli();
    } catch (DateTimeParseException neither) {
      throw new ParameterException(
          spec.commandLine(),
          "--since '%s' is neither a length of time such as 24h nor an instant such as 2026-01-31T12:00:00Z"
              .formatted(since),
          neither);
    }
  }
}
