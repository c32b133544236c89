package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.QualityRule;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.Optional;

/** Reads the {@code quality} section of a source, and holds its contract's rules against it. */
final class QualitySettingsReader {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(31);

  private final Reading reading;

  QualitySettingsReader(Reading reading) {
    this.reading = reading;
  }

  QualitySettings quality(YamlValue source, Optional<Contract> contract) {
    if (source.get("postgres_cdc").isPresent()) {
      contract.ifPresent(this::refuseUniqueness);
    }
    Optional<YamlValue> section = source.get("quality").filter(YamlValue::isMap);
    Optional<Duration> window = section.flatMap(it -> reading.duration(it, "window"));
    if (window.isEmpty()) {
      return QualitySettings.DEFAULT;
    }
    if (window.get().compareTo(SHORTEST) < 0 || window.get().compareTo(LONGEST) > 0) {
      reading.report(
          section
              .get()
              .nearest("window")
              .problem(
                  section.get().nearest("window").describe(),
                  "a window from 1s to 31d",
                  "choose one over which pass rates mean something, such as 5m"));
      return QualitySettings.DEFAULT;
    }
    return new QualitySettings(window.get());
  }

  private void refuseUniqueness(Contract contract) {
    for (QualityRule rule : contract.qualityRules()) {
      if (rule.check() instanceof QualityRule.Unique) {
        reading.report(
            rule.place()
                .problem(
                    "duplicateValues for a table",
                    "rules about single rows",
                    "a table's changes repeat its values; declare them UNIQUE in the database"));
      }
    }
  }
}
