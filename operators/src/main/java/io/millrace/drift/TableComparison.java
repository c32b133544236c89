package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Statistic;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarCharType;

/** Holds one table against another, by the same rules that hold for the windows of a stream. */
public final class TableComparison {
  private final DriftMonitorSpec.Alarm alarm;
  private final String name;
  private final String referenceName;
  private final long atMillis;

  /**
   * @param name of the comparison, in its records
   * @param referenceName what the reference is, for people
   * @param atMillis stands for the window's time in the records; it ends a millisecond later
   * @param alarm thresholds; windows in a row do not matter here
   */
  public TableComparison(
      String name, String referenceName, long atMillis, DriftMonitorSpec.Alarm alarm) {
    this.name = name;
    this.referenceName = referenceName;
    this.atMillis = atMillis;
    this.alarm = alarm;
  }

  /**
   * Compares the columns of the reference with those of the same name.
   *
   * @throws IllegalArgumentException when a column is missing or of another kind; all are named
   */
  public List<DriftResult> compare(
      Map<String, ColumnTally> reference, Map<String, ColumnTally> current) {
    List<String> problems = new ArrayList<>();
    List<WatchedColumn> columns = new ArrayList<>();
    reference.forEach(
        (column, tally) -> {
          ColumnTally other = current.get(column);
          if (other == null) {
            problems.add("column " + column + " is not in both tables");
          } else if (other.kind() != tally.kind() && other.rows() > 0) {
            problems.add(
                "column %s holds %s in the reference and %s in the other table"
                    .formatted(column, words(tally.kind()), words(other.kind())));
          } else {
            columns.add(watched(column, tally.kind()));
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    DriftPlan plan = plan(columns);
    List<DriftResult> results = new ArrayList<>();
    for (WatchedColumn column : columns) {
      FrozenReference frozen = FrozenReference.of(reference.get(column.name()), referenceName);
      results.add(
          new ColumnComparison(plan, column, "", atMillis, atMillis + 1)
              .result(current.get(column.name()), Optional.of(frozen)));
    }
    return new WindowDecision(plan).decide(results);
  }

  private static String words(ColumnKind kind) {
    return kind == ColumnKind.NUMBER ? "numbers" : "categories";
  }

  private static WatchedColumn watched(String column, ColumnKind kind) {
    Set<Statistic> deciding =
        Arrays.stream(Statistic.values())
            .filter(statistic -> statistic.isUsual() && statistic.suits(kind))
            .collect(Collectors.toSet());
    return new WatchedColumn(
        column,
        0,
        kind == ColumnKind.NUMBER ? new DoubleType() : VarCharType.STRING_TYPE,
        kind,
        deciding,
        false);
  }

  private DriftPlan plan(List<WatchedColumn> columns) {
    return new DriftPlan(
        name,
        columns,
        -1,
        null,
        0,
        1,
        1,
        DriftReference.Kind.FILE,
        0,
        referenceName,
        alarm,
        false,
        Map.of());
  }

  /** All columns together: drift when as large a share of those that were compared drifted. */
  public DriftSummary summary(List<DriftResult> results) {
    List<DriftedColumn> drifted = WindowDecision.drifted(results);
    int compared =
        (int)
            results.stream()
                .filter(result -> result.outcome() != DriftOutcome.INSUFFICIENT_DATA)
                .count();
    double share = compared == 0 ? 0 : (double) drifted.size() / compared;
    boolean drift = !drifted.isEmpty() && share >= alarm.shareOfColumns();
    DriftOutcome outcome =
        compared == 0
            ? DriftOutcome.INSUFFICIENT_DATA
            : drift ? DriftOutcome.DRIFT : DriftOutcome.STABLE;
    String reason =
        String.format(
            Locale.ROOT,
            "%d of %d columns drifted%s",
            drifted.size(),
            compared,
            alarm.shareOfColumns() > 0 && !drifted.isEmpty()
                ? String.format(
                    Locale.ROOT,
                    ", which is %s %.0f%%",
                    drift ? "at least" : "less than",
                    100 * alarm.shareOfColumns())
                : "");
    return new DriftSummary(
        name,
        "",
        atMillis,
        atMillis + 1,
        outcome,
        reason,
        referenceName,
        results.stream().mapToLong(result -> result.profile().rows()).max().orElse(0),
        0,
        results.size(),
        compared,
        drifted,
        DriftSummary.AlarmState.QUIET,
        drift ? atMillis : -1);
  }
}
