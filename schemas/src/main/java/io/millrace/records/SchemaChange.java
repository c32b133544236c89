package io.millrace.records;

import java.util.List;

/**
 * One thing that was noticed, suggested or decided about the schema of a source.
 *
 * <p>It is a Flink POJO: no field falls to Kryo.
 *
 * @param source name of the pipeline's source
 * @param kind what differs
 * @param status what became of it
 * @param field the producer's name of the field; a path for nested fields; empty when the change is
 *     about the schema as a whole
 * @param before what the contract said: a type, a field name, or nothing
 * @param after what it says now, or would say
 * @param confidence from 0 to 1; 1 when nothing was guessed
 * @param reasons why, for people, the strongest first
 * @param sample a value as JSON text, masked if it looks like personal data; may be empty
 * @param records how many records it was seen in when this was written
 * @param contractVersion label of the contract's version after the change, for example {@code
 *     1.0.0+3}
 * @param revision of that version
 * @param decidedBy {@code policy}, or who sent the control message
 * @param timeMillis wall clock
 */
public record SchemaChange(
    String source,
    Kind kind,
    Status status,
    String field,
    String before,
    String after,
    double confidence,
    List<String> reasons,
    String sample,
    long records,
    String contractVersion,
    int revision,
    String decidedBy,
    long timeMillis) {

  /** Said of changes that nobody had to decide. */
  public static final String BY_POLICY = "policy";

  /** What differs. */
  public enum Kind {
    /** Producers send a field that the contract does not know. */
    NEW_FIELD,
    /** Values of a field are of another type. */
    TYPE_CHANGE,
    /** Producers send a field under another name. */
    RENAME,
    /** Producers no longer send a field. */
    FIELD_VANISHED,
    /** The contract file was edited. */
    CONTRACT_FILE,
    /** The producer registered another schema, in a registry or a database. */
    PRODUCER_SCHEMA
  }

  /** What became of it. */
  public enum Status {
    /** Seen, and nothing to be done about it. */
    NOTICED,
    /** A person may approve it. */
    SUGGESTED,
    /** Part of the contract from this version on. */
    APPLIED,
    /** Was part of the contract until this version. */
    REVOKED,
    /** A person said no. */
    REFUSED,
    /** A control message that could not be obeyed; the reasons say why. */
    REJECTED
  }

  public SchemaChange {
    reasons = List.copyOf(reasons);
  }

  /** Equal for the same thing: a newer one takes the place of an older one. */
  public String subject() {
    return source + "/" + kind + "/" + field;
  }
}
