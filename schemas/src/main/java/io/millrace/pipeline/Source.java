package io.millrace.pipeline;

import io.millrace.contract.Contract;

/**
 * A stream of records held against one contract.
 *
 * @param eventTime how a record's event time is found and how the watermark moves
 */
public record Source(String name, Origin origin, Contract contract, EventTime eventTime) {

  /** Where a source's records come from. */
  public sealed interface Origin permits KafkaOrigin, PostgresOrigin {}

  /** Whether rows can be updated or deleted after they were inserted. */
  public boolean isChangelog() {
    return origin instanceof PostgresOrigin;
  }
}
