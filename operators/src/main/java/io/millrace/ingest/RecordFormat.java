package io.millrace.ingest;

import java.io.Serializable;
import java.util.function.LongSupplier;

/** How the records of a source are encoded. */
@FunctionalInterface
public interface RecordFormat extends Serializable {

  /** JSON by the contract, with everything that the source's policies can do about drift. */
  RecordFormat JSON = Guard::new;

  /** A guard of such records, for one task. */
  Guard guard(Guard.Settings settings, LongSupplier wallClockMillis);
}
