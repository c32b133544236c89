package io.millrace.evolution;

import io.millrace.ingest.Guard;
import io.millrace.ingest.RecordFormat;
import java.io.Serializable;

/**
 * What the guard of a source needs to know.
 *
 * @param rules how records are decoded and held against the contract file
 * @param format of the source's records
 * @param log where the newest version is found at the start
 */
public record GuardSettings(
    SourceContract contract, Guard.Settings rules, RecordFormat format, ContractLog log)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  Guard guard() {
    return format.guard(rules, System::currentTimeMillis);
  }
}
