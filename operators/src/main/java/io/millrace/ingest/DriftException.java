package io.millrace.ingest;

/** A record differs from its contract in a way for which the pipeline asks to fail the job. */
public final class DriftException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DriftException(Drift drift) {
    super(
        "record at %s partition %d position %d: %s%s (%s). The policy for this is fail: correct the producer and skip the record, or choose another policy in schema_drift"
            .formatted(
                drift.coordinates().place(),
                drift.coordinates().partition(),
                drift.coordinates().position(),
                drift.problem().field().isEmpty() ? "" : drift.problem().field() + ": ",
                drift.problem().message(),
                drift.problem().reason()));
  }
}
