package io.millrace.records;

/** Why a record became a dead letter. The names are part of the dead-letter topic's format. */
public enum DeadLetterReason {
  /** The record has no value: a tombstone, which has no meaning on a topic of events. */
  NULL_RECORD,
  /** The record is longer than the decoder takes. */
  TOO_LARGE,
  /** The bytes are not UTF-8. */
  INVALID_ENCODING,
  /** The bytes are not a JSON document. */
  NOT_JSON,
  /** The bytes are not of the source's format: Avro, Protobuf, CSV, a change of Debezium. */
  NOT_IN_FORMAT,
  /** The record names a writer's schema that the registry does not know. */
  UNKNOWN_SCHEMA,
  /** A complete document is followed by something else. */
  TRAILING_DATA,
  /** Arrays and objects are nested deeper than the decoder takes. */
  TOO_DEEP,
  /** A field occurs twice in one object. */
  DUPLICATE_FIELD,
  /** A required field is absent or null. */
  MISSING_FIELD,
  /** A value is of another type than the contract's, or not in its format. */
  WRONG_TYPE,
  /** A value is of the right type, but outside the type's range, precision or length. */
  OUT_OF_RANGE,
  /** A value has more digits after the point than the contract keeps, and is not rounded. */
  PRECISION_LOSS,
  /** A field that the contract does not know, where the pipeline wants such records kept out. */
  UNKNOWN_FIELD,
  /** The values are of the right types, but break a quality rule of the contract. */
  QUALITY,
  /** The field that holds the event time is null. */
  MISSING_EVENT_TIME,
  /**
   * The event time lies so far ahead of the clock that it would carry the watermark past all honest
   * records.
   */
  EVENT_TIME_IN_FUTURE,
  /** An update or delete came without the row as it was before. */
  MISSING_BEFORE_IMAGE,
  /** A change of a table that has no rows to it, such as TRUNCATE. */
  UNSUPPORTED_CHANGE,
  /** An SQL expression of a view failed on the row; other views may have taken it in. */
  EXPRESSION_FAILED,
  /** The row is older than every window of a view; other views may have taken it in. */
  TOO_LATE,
  /** The online store refused a view's vector; other vectors, views and stores go on. */
  REFUSED_BY_STORE,
  /** A row could not be embedded: the encoder refused its text, or it names no tenant. */
  NOT_EMBEDDED,
  /** A defect of the decoder itself; the message holds the exception. Please report it. */
  DECODER_FAILURE
}
