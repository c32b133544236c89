package io.millrace.quality;

import io.millrace.contract.QualityRule;
import io.millrace.ingest.Deviation;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Counts, of everything that a source has decided about, how the rules about single rows fared, and
 * the rows. A record that no row could be made of, for example because a value is of the wrong
 * type, was not held against any rule.
 *
 * <p>No state: see {@link CountingOperator}.
 */
final class IngestedCounts extends CountingOperator<Ingested, RuleCounts> {
  private static final long serialVersionUID = 1L;

  /** Records held against the enforced rules; records accepted; then a slot for each rule. */
  private static final int EVALUATED = 0;

  private static final int ACCEPTED = 1;
  private static final int RULES = 2;

  private final List<QualityRule> rules;
  private final RowLevelRules tolerant;
  private final Map<String, Integer> slots = new HashMap<>();

  IngestedCounts(Source source) {
    super(source.quality().window().toMillis(), RULES + counted(source).size());
    this.rules = counted(source);
    this.tolerant = RowLevelRules.tolerant(source);
    for (int i = 0; i < rules.size(); i++) {
      slots.put(rules.get(i).name(), RULES + i);
    }
  }

  /** The rules that are counted here. */
  static List<QualityRule> counted(Source source) {
    return List.copyOf(
        source.contract().qualityRules().stream()
            .filter(rule -> rule.isAboutOneRow() || rule.check() instanceof QualityRule.RowCount)
            .toList());
  }

  @Override
  public void processElement(StreamRecord<Ingested> element) {
    Ingested ingested = element.getValue();
    if (!ingested.counted() || !ingested.timed()) {
      return;
    }
    long time = ingested.eventTimeMillis();
    boolean broken = false;
    if (ingested.drift() != null) {
      for (Deviation deviation : ingested.drift().deviations()) {
        Integer slot = deviation.kind() == Kind.QUALITY ? slots.get(deviation.found()) : null;
        if (slot != null) {
          broken = true;
          count(time, slot);
        }
      }
    }
    if (ingested.isRow() || broken) {
      count(time, EVALUATED);
    }
    if (ingested.isRow()) {
      count(time, ACCEPTED);
      for (int i = 0; i < tolerant.rules().size(); i++) {
        if (!tolerant.keeps(i, ingested.row())) {
          count(time, slots.get(tolerant.rules().get(i).name()));
        }
      }
    }
  }

  @Override
  void handOn(WindowTally.Counted counted) {
    long[] bySlot = counted.bySlot();
    for (int i = 0; i < rules.size(); i++) {
      QualityRule rule = rules.get(i);
      boolean enforced = rule.isAboutOneRow() && rule.isEnforced();
      long checked = bySlot[enforced ? EVALUATED : ACCEPTED];
      if (checked > 0) {
        emit(new RuleCounts(rule.name(), counted.startMillis(), checked, bySlot[RULES + i]));
      }
    }
  }
}
