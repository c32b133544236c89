package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.offline.OfflineUpkeep;
import io.millrace.pipeline.Durations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace offline expire}. */
@Command(
    name = "expire",
    description = {
      "Lets old snapshots go and removes the files that only they need, then files that none needs.",
      "Rows stay: only the way back to older versions of a table goes."
    },
    mixinStandardHelpOptions = true)
final class OfflineExpire extends OfflineCommand.OnTables {

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      converter = Span.class,
      description = "Snapshots older than this, for example 7d. Default: 7d.")
  private Duration age = Duration.ofDays(7);

  @Option(
      names = "--keep-last",
      paramLabel = "N",
      description = "So many snapshots stay whatever their age. Default: ${DEFAULT-VALUE}.")
  private int keepLast = 10;

  @Option(
      names = "--orphans-older-than",
      paramLabel = "TIME",
      converter = Span.class,
      description = {
        "Files that no snapshot needs and that are older than this. Default: 7d. Longer than a job"
            + " may be away: it commits what it wrote when it comes back."
      })
  private Duration orphanAge = Duration.ofDays(7);

  OfflineExpire(Environment environment) {
    super(environment);
  }

  @Override
  int run(OfflineUpkeep upkeep, List<String> tables) throws IOException {
    Instant now = Instant.now();
    for (String name : tables) {
      OfflineUpkeep.Expiry done = upkeep.expire(name, age, keepLast, orphanAge, now);
      out()
          .println(
              "%s: %,d snapshots and %,d files went, and %,d files that none needed"
                  .formatted(name, done.snapshots(), done.files(), done.orphans()));
      out().flush();
    }
    return ExitCodes.OK;
  }

  /** A length of time as in pipeline files. */
  static final class Span implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Durations.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is no length of time; write for example 30m, 12h or 7d"));
    }
  }
}
