package io.millrace.ingest;

import io.millrace.records.DeadLetterReason;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;

/** What became of one record: a row, a typed problem, or something that policies decide about. */
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

  /**
   * A record that differs from the contract, decided by the source's policies.
   *
   * @param row the record as a row; where it is not accepted, as far as it could be read, so that
   *     its event time may be known
   * @param outcome the most severe outcome that holds
   * @param problem why the record is refused; null unless it is quarantined or fails the job
   * @param absent optional fields of the contract that the record does not have
   */
  record Drifted(
      GenericRowData row,
      Deviation.Outcome outcome,
      Problem problem,
      List<Deviation> deviations,
      List<String> absent)
      implements Decoding {}
}
