package io.millrace.ingest;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.pipeline.SchemaDrift.Kind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts what the guard decided, in the metric group of a source: records in {@code accepted} (by
 * the contract), {@code adapted}, {@code discardedValues}, {@code discardedRows} and {@code
 * quarantined}; their deviations in {@code drift.<KIND>.deviations} and {@code
 * drift.<KIND>.field.<path>.deviations}. Of fields at most {@value #MAX_FIELDS} are told apart,
 * since producers may send any number of names; those beyond are one, {@value #OTHERS}.
 */
public final class DriftMetrics {

  /** Fields that are counted by name. */
  public static final int MAX_FIELDS = 200;

  private static final String OTHERS = "_others";

  private final MetricGroup source;
  private final Counter accepted;
  private final Counter adapted;
  private final Counter discardedValues;
  private final Counter discardedRows;
  private final Counter quarantined;
  private final Map<Kind, Counter> kinds = new EnumMap<>(Kind.class);
  private final Map<String, Map<Kind, Counter>> fields = new HashMap<>();

  public DriftMetrics(MetricGroup source) {
    this.source = source;
    this.accepted = source.counter("accepted");
    this.adapted = source.counter("adapted");
    this.discardedValues = source.counter("discardedValues");
    this.discardedRows = source.counter("discardedRows");
    this.quarantined = source.counter("quarantined");
  }

  /** Counts a settled record. */
  public void count(Ingested ingested) {
    Drift drift = ingested.drift();
    if (drift == null) {
      if (ingested.isRow()) {
        accepted.inc();
      }
      return;
    }
    if (ingested.isDeadLetter()) {
      quarantined.inc();
    } else if (ingested.isDiscarded()) {
      discardedRows.inc();
    } else if (drift.outcome() == Outcome.DISCARDED_VALUE) {
      discardedValues.inc();
    } else {
      adapted.inc();
    }
    for (Deviation deviation : drift.deviations()) {
      count(deviation);
    }
  }

  private void count(Deviation deviation) {
    Kind kind = deviation.kind();
    kinds.computeIfAbsent(kind, it -> group(it).counter("deviations")).inc();
    boolean named = fields.containsKey(deviation.field()) || fields.size() < MAX_FIELDS;
    String field = named ? deviation.field() : OTHERS;
    fields
        .computeIfAbsent(field, it -> new EnumMap<>(Kind.class))
        .computeIfAbsent(kind, it -> group(it).addGroup("field", field).counter("deviations"))
        .inc();
  }

  private MetricGroup group(Kind kind) {
    return source.addGroup("drift", kind.name());
  }
}
