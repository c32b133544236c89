package io.millrace.ingest;

/** Reads the bytes of one record by a contract. Never throws. NOT thread safe. */
public interface RowDecoder {

  /**
   * @param bytes the record's value; null for a tombstone
   */
  Decoding decode(byte[] bytes);

  /** Decodes by a newer version of the contract from now on. */
  default void follow(ContractOverlay overlay) {}
}
