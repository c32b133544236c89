package io.millrace.ingest;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.ingest.DriftLedger.Finding;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.records.DeadLetterReason;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/** Holds decoded rows against the contract's quality rules, as the policy says. NOT thread safe. */
final class QualityGate {

  private final RowRules rules;
  private final Guard.Settings settings;
  private final RowType rowType;
  private final DriftLedger ledger;

  QualityGate(Guard.Settings settings) {
    this.settings = settings;
    this.rules = settings.rules();
    this.rowType = settings.intake().rowType();
    this.ledger = new DriftLedger(settings.drift(), settings.pii());
  }

  /** The same decoding if the row breaks no rule or is refused already. */
  Decoding check(Decoding decoding) {
    if (rules == RowRules.NONE) {
      return decoding;
    }
    if (decoding instanceof Decoding.Row clean) {
      return check(clean.row(), decoding, Outcome.CARRIED, null, List.of(), List.of());
    }
    if (decoding instanceof Decoding.Drifted drifted && drifted.outcome().isAccepted()) {
      return check(
          drifted.row(),
          decoding,
          drifted.outcome(),
          drifted.problem(),
          drifted.deviations(),
          drifted.absent());
    }
    return decoding;
  }

  private Decoding check(
      GenericRowData row,
      Decoding decoding,
      Outcome outcome,
      Decoding.Problem problem,
      List<Deviation> before,
      List<String> absent) {
    List<RowRules.Broken> broken = rules.check(row);
    if (broken.isEmpty()) {
      return decoding;
    }
    ledger.clear();
    for (RowRules.Broken rule : broken) {
      record(rule, row);
    }
    List<Deviation> deviations = new ArrayList<>(before);
    deviations.addAll(ledger.deviations());
    boolean worse = ledger.outcome().compareTo(outcome) > 0;
    return new Decoding.Drifted(
        row,
        worse ? ledger.outcome() : outcome,
        worse ? ledger.problem() : problem,
        deviations.subList(0, Math.min(deviations.size(), Drift.MAX_DEVIATIONS)),
        absent);
  }

  private void record(RowRules.Broken rule, GenericRowData row) {
    int position = rowType.getFieldIndex(rule.field());
    boolean nullable = position >= 0 && rowType.getTypeAt(position).isNullable();
    Outcome real =
        ledger.record(
            new Finding(
                Kind.QUALITY,
                rule.field(),
                rule.rule(),
                rule.expected(),
                rule.sample(),
                new Finding.Problem(
                    DeadLetterReason.QUALITY,
                    rule.field(),
                    "rule " + rule.rule() + " is broken: expected " + rule.expected())),
            DriftLedger.strict(settings.drift().policy(Kind.QUALITY, rule.field()), nullable));
    if (real == Outcome.DISCARDED_VALUE) {
      row.setField(position, null);
    }
  }
}
