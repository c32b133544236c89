package io.millrace.records;

/**
 * What a person wants of a running job about a contract: sent to the control topic, obeyed within
 * about a second, and answered on the topic of schema changes.
 *
 * <p>It is a Flink POJO: no field falls to Kryo.
 *
 * @param id unique; a message that is read again changes nothing
 * @param source name of the pipeline's source
 * @param field the producer's name of the field
 * @param target with {@link Subject#RENAME} the contract's field; with {@link Subject#TYPE} the SQL
 *     type; otherwise empty
 * @param sentBy who wants it, for people
 * @param timeMillis wall clock of the sender
 */
public record ControlMessage(
    String id,
    Action action,
    Subject subject,
    String source,
    String field,
    String target,
    String sentBy,
    long timeMillis) {

  /** What is wanted. */
  public enum Action {
    APPROVE,
    /** Takes back what was applied, or says no to what was suggested. */
    REVOKE
  }

  /** What it is about. */
  public enum Subject {
    /** A field is sent under another name. */
    RENAME,
    /** A field that the contract file does not have. */
    NEW_FIELD,
    /** A wider type of a field. */
    TYPE
  }
}
