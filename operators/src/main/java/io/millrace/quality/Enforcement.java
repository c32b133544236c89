package io.millrace.quality;

import io.millrace.contract.Field;
import io.millrace.contract.QualityRule;
import io.millrace.ingest.JsonRowEncoder;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * What becomes of rows that break one rule behind the source: a condition in SQL, or uniqueness. By
 * the source's {@code quality} policy; in a dry run they are only counted.
 */
final class Enforcement implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final String place;
  private final String contract;
  private final String contractVersion;
  private final QualityRule rule;
  private final Policy policy;
  private final RowType row;
  private final JsonRowEncoder json;
  private final int field;
  private transient Counter quarantined;
  private transient Counter discardedRows;
  private transient Counter discardedValues;

  /**
   * @param rows type of the rows: the source's, perhaps with columns behind them that letters do
   *     not tell of
   * @param place topic or table that the source reads
   */
  Enforcement(Source source, RowType rows, String place, QualityRule rule) {
    this.source = source.name();
    this.place = place;
    this.contract = source.contract().name();
    this.contractVersion = source.contract().version();
    this.rule = rule;
    this.row = rows;
    this.json = new JsonRowEncoder(source.rowType());
    this.field = row.getFieldIndex(rule.field());
    this.policy = policy(source, rule);
  }

  private static Policy policy(Source source, QualityRule rule) {
    if (!rule.isEnforced() || source.schemaDrift().dryRun()) {
      return Policy.IGNORE;
    }
    Policy policy = source.schemaDrift().policy(Kind.QUALITY, rule.field());
    Optional<Field> field = source.contract().field(rule.field());
    boolean mayBeNull = field.isPresent() && !field.get().required();
    return policy == Policy.DISCARD_VALUE && !mayBeNull ? Policy.QUARANTINE : policy;
  }

  QualityRule rule() {
    return rule;
  }

  /**
   * @param metrics those of the operator
   */
  void open(MetricGroup metrics) {
    MetricGroup group = ruleGroup(metrics, source, rule.name());
    quarantined = group.counter("quarantined");
    discardedRows = group.counter("discardedRows");
    discardedValues = group.counter("discardedValues");
  }

  /** Where the figures of one rule are found. */
  static MetricGroup ruleGroup(MetricGroup metrics, String source, String rule) {
    return metrics.addGroup("source", source).addGroup("quality", rule);
  }

  /** What became of a row: exactly one of the two, or neither when it was discarded. */
  record Outcome(RowData row, DeadLetter letter) {}

  /**
   * Deals with a row that breaks the rule.
   *
   * @param why appended to the message; may be empty
   * @param timeMillis event time
   * @throws QualityException when the policy is to fail the job
   */
  Outcome broken(RowData data, String why, long timeMillis) {
    return switch (policy) {
      case IGNORE -> new Outcome(data, null);
      case DISCARD_ROW -> {
        discardedRows.inc();
        yield new Outcome(null, null);
      }
      case DISCARD_VALUE -> {
        discardedValues.inc();
        yield new Outcome(withoutValue(data), null);
      }
      case FAIL -> throw new QualityException(source, rule, why);
      default -> {
        quarantined.inc();
        yield new Outcome(null, letter(data, why, timeMillis));
      }
    };
  }

  private RowData withoutValue(RowData data) {
    GenericRowData copy = new GenericRowData(data.getRowKind(), row.getFieldCount());
    for (int i = 0; i < row.getFieldCount(); i++) {
      if (i != field) {
        copy.setField(i, RowData.createFieldGetter(row.getTypeAt(i), i).getFieldOrNull(data));
      }
    }
    return copy;
  }

  private DeadLetter letter(RowData data, String why, long timeMillis) {
    return new DeadLetter(
        source,
        DeadLetterReason.QUALITY,
        rule.field(),
        "rule " + rule.name() + ": expected " + rule.check().expected() + why,
        contract,
        contractVersion,
        Math.max(timeMillis, 0),
        DeadLetter.Coordinates.table(place, -1, null),
        DeadLetter.Raw.of(json.encode(data)).as(DeadLetter.Raw.Content.ROW));
  }
}
