package io.millrace.online;

import io.millrace.records.FeatureVector;

/**
 * One entity's vector, encoded and ready to be sent.
 *
 * @param payload arguments of the action's script, packed by {@link MessagePack}
 * @param vector what is written; a reference only, kept for the case that it is refused
 */
record EntityWrite(
    byte[] key, Action action, Version version, byte[] payload, FeatureVector vector) {

  EntityWrite(byte[] key, Action action, Version version, byte[] payload) {
    this(key, action, version, payload, null);
  }

  EntityWrite of(FeatureVector written) {
    return new EntityWrite(key, action, version, payload, written);
  }

  /** What happens to the entity, each by a script of its own. */
  enum Action {
    /** Overwrites the view's fields; the payload is the version and the values in field order. */
    UPDATE,
    /**
     * Overwrites the view's fields and leaves no other of its fields behind; the payload is the
     * version and then names and values in turns.
     */
    REPLACE,
    /** Leaves only the version; the payload is the version. */
    DELETE
  }

  int sizeInBytes() {
    return key.length + payload.length;
  }
}
