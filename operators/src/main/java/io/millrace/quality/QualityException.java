package io.millrace.quality;

import io.millrace.contract.QualityRule;

/** Ends the job, because the policy for broken quality rules is {@code fail}. */
public final class QualityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QualityException(String source, QualityRule rule, String why) {
    super(
        "a row of source %s breaks the quality rule %s (expected %s%s), and the policy is quality: fail; mend the data, or choose quarantine"
            .formatted(source, rule.name(), rule.check().expected(), why));
  }
}
