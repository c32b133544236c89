package io.millrace.evolution;

import io.millrace.inference.FieldEvidence;
import io.millrace.records.SchemaChange;
import java.util.Map;

/**
 * All that the keeper knows about one source. It is a Flink POJO: no field falls to Kryo.
 *
 * @param version JSON of the newest contract version
 * @param newFields by the producer's name; left out once decided. At most {@value #MAX_FIELDS}.
 * @param known values of fields of the contract, by name
 * @param types values of other types, by field and type. At most {@value #MAX_FIELDS}.
 * @param absent records without a required field, by name
 * @param open the newest thing said about a subject that is not decided, see {@link
 *     SchemaChange#subject()}. At most {@value #MAX_FIELDS}.
 */
public record Learned(
    String version,
    Map<String, NewField> newFields,
    Map<String, FieldEvidence> known,
    Map<String, OtherType> types,
    Map<String, Long> absent,
    Map<String, SchemaChange> open) {

  /** Further names are not remembered: producers may send any number of them. */
  static final int MAX_FIELDS = 500;

  /**
   * A field that is not part of the contract yet.
   *
   * @param records that had it
   * @param evidence its values in some of them
   * @param absentWith fields of the contract that were missing in them, and how often
   * @param decideAt the number of records at which to decide, or decide anew
   */
  public record NewField(
      long records, FieldEvidence evidence, Map<String, Long> absentWith, long decideAt) {}

  /**
   * Values of a type other than the contract's.
   *
   * @param records that had one
   * @param said whether something was said about it
   */
  public record OtherType(long records, boolean said) {}

  static Learned nothing(String version) {
    return new Learned(version, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
  }
}
