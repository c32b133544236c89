package io.millrace.drift;

import io.millrace.drift.statistics.ColumnDecision;
import io.millrace.drift.statistics.ColumnDrift;
import io.millrace.drift.statistics.EffectThresholds;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.Statistic;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftedColumn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides about the columns of one window, all of them together: p-values are adjusted over every
 * deciding statistic of every column. The whole and the segments are two families: that many
 * segments are looked at does not make the decision about the whole any more careful.
 */
final class WindowDecision {
  private final DriftPlan plan;
  private final Map<String, WatchedColumn> columns = new HashMap<>();

  WindowDecision(DriftPlan plan) {
    this.plan = plan;
    plan.columns().forEach(column -> columns.put(column.name(), column));
  }

  /**
   * The same results with adjusted p-values, thresholds, outcomes and reasons.
   *
   * @param results of one family, not decided yet
   */
  List<DriftResult> decide(List<DriftResult> results) {
    List<ColumnDrift> compared = new ArrayList<>();
    for (DriftResult result : results) {
      if (result.outcome() != DriftOutcome.BASELINE) {
        compared.add(drift(result));
      }
    }
    List<ColumnDecision> decisions =
        ColumnDecision.decide(
            compared,
            new EffectThresholds(plan.alarm().psi()),
            plan.alarm().pValue(),
            plan.alarm().minRows());
    List<DriftResult> decided = new ArrayList<>();
    int next = 0;
    for (DriftResult result : results) {
      decided.add(
          result.outcome() == DriftOutcome.BASELINE
              ? withReason(
                  result, DriftOutcome.BASELINE, "the reference is not complete", List.of())
              : decided(result, decisions.get(next++)));
    }
    return decided;
  }

  private ColumnDrift drift(DriftResult result) {
    WatchedColumn column = columns.get(result.column());
    List<Measure> measures = new ArrayList<>();
    for (DriftResult.Statistic each : result.statistics()) {
      Statistic statistic = Statistic.ofFileName(each.name()).orElseThrow();
      if (column.deciding().contains(statistic)) {
        measures.add(new Measure(statistic, each.value(), each.effect(), each.pValue(), 0));
      }
    }
    return new ColumnDrift(
        column.kind(), result.referenceProfile().rows(), result.profile().rows(), measures);
  }

  private DriftResult decided(DriftResult result, ColumnDecision decision) {
    Set<String> drifted = new HashSet<>();
    Map<String, ColumnDecision.Verdict> verdicts = new HashMap<>();
    for (ColumnDecision.Verdict verdict : decision.verdicts()) {
      String name = verdict.measure().statistic().fileName();
      verdicts.put(name, verdict);
      if (verdict.drifted()) {
        drifted.add(name);
      }
    }
    boolean enough = decision.outcome() != ColumnDecision.Outcome.INSUFFICIENT_DATA;
    List<DriftResult.Statistic> deciding = new ArrayList<>();
    List<DriftResult.Statistic> others = new ArrayList<>();
    for (DriftResult.Statistic each : result.statistics()) {
      ColumnDecision.Verdict verdict = verdicts.get(each.name());
      if (verdict == null) {
        others.add(each);
      } else {
        deciding.add(
            new DriftResult.Statistic(
                each.name(),
                each.value(),
                each.effect(),
                each.pValue(),
                verdict.adjustedPValue(),
                verdict.threshold(),
                enough && drifted.contains(each.name())));
      }
    }
    deciding.addAll(others);
    DriftOutcome outcome =
        switch (decision.outcome()) {
          case STABLE -> DriftOutcome.STABLE;
          case DRIFT -> DriftOutcome.DRIFT;
          case INSUFFICIENT_DATA -> DriftOutcome.INSUFFICIENT_DATA;
        };
    return withReason(result, outcome, decision.reason(), deciding);
  }

  private static DriftResult withReason(
      DriftResult result,
      DriftOutcome outcome,
      String reason,
      List<DriftResult.Statistic> statistics) {
    return new DriftResult(
        result.monitor(),
        result.segment(),
        result.column(),
        result.windowStartMillis(),
        result.windowEndMillis(),
        outcome,
        reason,
        result.reference(),
        statistics,
        result.referenceProfile(),
        result.profile(),
        result.bins(),
        result.quantiles(),
        result.newCategories());
  }

  /** The columns that drifted, each by its clearest statistic, greatest effect first. */
  static List<DriftedColumn> drifted(List<DriftResult> decided) {
    List<DriftedColumn> columns = new ArrayList<>();
    for (DriftResult result : decided) {
      result.statistics().stream()
          .filter(DriftResult.Statistic::drifted)
          .map(
              each ->
                  new DriftedColumn(
                      result.column(),
                      each.name(),
                      each.value(),
                      each.effect(),
                      each.threshold(),
                      each.adjustedP()))
          .max(Comparator.comparingDouble(DriftedColumn::strength))
          .ifPresent(columns::add);
    }
    columns.sort(
        Comparator.comparingDouble(DriftedColumn::strength)
            .reversed()
            .thenComparing(DriftedColumn::column));
    return columns;
  }
}
