package io.millrace.vectors;

/** Payload fields that Millrace adds to every point; they begin with an underscore. */
final class PointFields {
  /** Microseconds since 1970; the greater one stays. */
  static final String VERSION = "_version";

  /** The row's key as a JSON object. */
  static final String KEY = "_key";

  static final String SOURCE = "_source";
  static final String MODEL = "_model";
  static final String TEXT = "_text";
  static final String CONTENT_HASH = "_content_hash";

  /** Of a tombstone: when it was written, in milliseconds since 1970. */
  static final String DELETED_AT = "_deleted_at";

  /** Number of the piece of the row's text. */
  static final String CHUNK = "_chunk";

  private PointFields() {}
}
