package io.millrace.ingest;

import io.millrace.records.DeadLetterReason;
import org.apache.flink.table.data.GenericRowData;

/** What became of one record: a row, or a typed problem. */
public sealed interface Decoding {

  /**
   * @param unknownFields how many fields of the record the contract does not know, at any depth;
   *     they are not part of the row
   */
  record Row(GenericRowData row, int unknownFields) implements Decoding {}

  /**
   * @param field path of the offending value, for example {@code legs[2].dest}; empty when it is
   *     the record as a whole
   * @param message what was found and what the contract expects
   */
  record Problem(DeadLetterReason reason, String field, String message) implements Decoding {}
}
