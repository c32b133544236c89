package io.millrace.ingest;

import io.millrace.pipeline.SchemaDrift.Kind;
import java.util.Objects;

/**
 * One thing in one record that differs from the contract.
 *
 * @param field dotted path; {@code []} stands behind an array's name whatever the index: {@code
 *     legs[].dest}
 * @param found what the record has, for people and as the name of a type where there is one: {@code
 *     BIGINT}, {@code STRING}, {@code absent}
 * @param expected the contract's type, or what else it asks for
 * @param sample JSON text of the value, at most {@value #MAX_SAMPLE} characters; empty when there
 *     is none, and for fields classified pii
 * @param outcome what became of the value or its record, or would have in a dry run
 */
public record Deviation(
    Kind kind, String field, String found, String expected, String sample, Outcome outcome) {

  /** Longer samples are cut off. */
  public static final int MAX_SAMPLE = 256;

  /** What became of a deviating value, from mild to severe. */
  public enum Outcome {
    /** A new field or a value without a slot travels in {@code _evolved}. */
    CARRIED,
    /** The value was read into the contract's field: widened, coerced. */
    ADAPTED,
    /** Nothing was done: the new field was passed over, the rule overlooked. */
    IGNORED,
    /** The value was dropped; its field is null. */
    DISCARDED_VALUE,
    /** The record was dropped. */
    DISCARDED_ROW,
    /** The record became a dead letter. */
    QUARANTINED,
    /** The job fails. */
    FAILED;

    /** Whether a record with such a deviation becomes a row. */
    public boolean isAccepted() {
      return compareTo(DISCARDED_ROW) < 0;
    }
  }

  public Deviation {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(outcome);
    if (sample.length() > MAX_SAMPLE) {
      sample = sample.substring(0, MAX_SAMPLE);
    }
  }
}
