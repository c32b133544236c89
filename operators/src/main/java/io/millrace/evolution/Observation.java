package io.millrace.evolution;

import io.millrace.inference.FieldEvidence;
import io.millrace.ingest.Deviation;
import java.util.Map;

/**
 * What a guard noticed about a source since it last said something. Observations can be added up in
 * any order: each tells of other records than the ones before.
 *
 * <p>It is a Flink POJO: no field falls to Kryo. It stays inside the job, because its evidence
 * holds values as they came.
 *
 * @param field the producer's name, dotted for nested fields; empty for {@link Kind#STARTED}
 * @param found with {@link Kind#TYPE_CHANGE} the type that came
 * @param expected with {@link Kind#TYPE_CHANGE} the contract's type; with {@link Kind#RENAMED} the
 *     contract's field
 * @param sample JSON text of a value; empty when there is none to show
 * @param outcome what the guard did
 * @param records how many it is about
 * @param evidence values of the field, of some of the records
 * @param absentWith contract's fields that records with the new field did not have, and in how many
 *     of the records in {@code evidence} each was missing
 */
public record Observation(
    String source,
    Kind kind,
    String field,
    String found,
    String expected,
    String sample,
    Deviation.Outcome outcome,
    long records,
    FieldEvidence evidence,
    Map<String, Long> absentWith) {

  /** What it is about. */
  public enum Kind {
    /** A guard began to work. */
    STARTED,
    /** A field that the contract does not know. */
    NEW_FIELD,
    /** Values that are not of the contract's type. */
    TYPE_CHANGE,
    /** A required field that is missing or null. */
    ABSENT,
    /** Values of a field of the contract, to compare new fields with. */
    KNOWN_FIELD,
    /** The database says that a column was renamed: nothing is guessed. */
    RENAMED
  }

  static Observation started(String source) {
    return of(source, Kind.STARTED, "", FieldEvidence.none());
  }

  static Observation known(String source, String field, FieldEvidence evidence) {
    return of(source, Kind.KNOWN_FIELD, field, evidence);
  }

  /** A rename that is certain. */
  public static Observation renamed(String source, String column, String field) {
    return new Observation(
        source,
        Kind.RENAMED,
        column,
        "",
        field,
        "",
        Deviation.Outcome.IGNORED,
        1,
        FieldEvidence.none(),
        Map.of());
  }

  private static Observation of(String source, Kind kind, String field, FieldEvidence evidence) {
    return new Observation(
        source,
        kind,
        field,
        "",
        "",
        "",
        Deviation.Outcome.IGNORED,
        evidence.count(),
        evidence,
        Map.of());
  }
}
