package io.millrace.quality;

import io.millrace.contract.Field;
import io.millrace.contract.QualityRule;
import io.millrace.ingest.RowRules;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Holds rows against those rules of a contract that look at one value: null, range, pattern,
 * allowed values, length. A row that keeps them costs some fifty nanoseconds a rule, see {@link
 * PatternCondition} for patterns.
 *
 * <p>Serializable; a copy is NOT thread safe.
 */
public final class RowLevelRules implements RowRules {
  private static final long serialVersionUID = 1L;

  private final List<QualityRule> rules;
  private final List<String> personal;
  private final RowType row;
  private transient FieldPath[] paths;
  private transient Predicate<Object>[] conditions;

  private RowLevelRules(Source source, boolean enforced) {
    this.rules =
        source.contract().qualityRules().stream()
            .filter(rule -> rule.isAboutOneRow() && rule.isEnforced() == enforced)
            .toList();
    this.personal =
        source.contract().fields().stream().filter(Field::isPii).map(Field::name).toList();
    this.row = source.rowType();
  }

  /** The rules that no record may break; what happens to one that does is up to the policy. */
  public static RowRules enforced(Source source) {
    RowLevelRules rules = new RowLevelRules(source, true);
    return rules.rules.isEmpty() ? NONE : rules;
  }

  /** The rules that some records may break: these are only counted. */
  static RowLevelRules tolerant(Source source) {
    return new RowLevelRules(source, false);
  }

  List<QualityRule> rules() {
    return rules;
  }

  @Override
  public List<Broken> check(RowData data) {
    compile();
    List<Broken> broken = List.of();
    for (int i = 0; i < conditions.length; i++) {
      if (!paths[i].allMatch(data, conditions[i])) {
        if (broken.isEmpty()) {
          broken = new ArrayList<>();
        }
        QualityRule rule = rules.get(i);
        broken.add(
            new Broken(rule.field(), rule.name(), rule.check().expected(), sample(i, rule, data)));
      }
    }
    return broken;
  }

  /** Whether the row keeps the i-th rule. */
  boolean keeps(int rule, RowData data) {
    compile();
    return paths[rule].allMatch(data, conditions[rule]);
  }

  /** The first value that breaks the rule, as JSON text; none of a personal field. */
  private String sample(int index, QualityRule rule, RowData data) {
    String top = rule.field().split("[.\\[]", 2)[0];
    if (personal.contains(top)) {
      return "";
    }
    Object[] found = new Object[1];
    paths[index].allMatch(
        data,
        value -> {
          boolean kept = conditions[index].test(value);
          if (!kept) {
            found[0] = value;
          }
          return kept;
        });
    return JsonText.of(found[0], paths[index].type());
  }

  private void compile() {
    if (conditions != null) {
      return;
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    Predicate<Object>[] compiled = new Predicate[rules.size()];
    paths = new FieldPath[rules.size()];
    for (int i = 0; i < compiled.length; i++) {
      paths[i] = new FieldPath(row, rules.get(i).field());
      compiled[i] = Conditions.of(rules.get(i).check(), paths[i].type());
    }
    conditions = compiled;
  }
}
