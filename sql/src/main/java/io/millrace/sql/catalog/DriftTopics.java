package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.sql.topics.JsonRows;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What drift monitors tell: each column, each window, alarms and advice. */
final class DriftTopics {

  private static final String TIME = TopicTables.TIME;
  private static final String DRIFTED =
      "ARRAY<ROW<`column` STRING, `statistic` STRING, `value` DOUBLE, `effect` DOUBLE,"
          + " `threshold` DOUBLE, `adjusted_p` DOUBLE>>";
  private static final String PROFILE =
      "ROW<`rows` BIGINT, `nulls` BIGINT, `nans` BIGINT, `min` DOUBLE, `max` DOUBLE,"
          + " `mean` DOUBLE, `stddev` DOUBLE, `distinct` BIGINT>";

  private final Pipeline pipeline;
  private final PiiPolicy policy;
  private final TopicTables tables;

  DriftTopics(Pipeline pipeline, PiiPolicy policy, TopicTables tables) {
    this.pipeline = pipeline;
    this.policy = policy;
    this.tables = tables;
  }

  void add() {
    drift();
    driftWindows();
    alerts();
    retraining();
  }

  private void drift() {
    // Values of a column stand in its bins and categories.
    Treatment values = showsPersonalDrift() ? Treatment.NOTHING : Treatment.KEEP;
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "column")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("column", "STRING NOT NULL", "The column that was watched.")
            .add("window_start", TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TIME + " NOT NULL", "End of the window, exclusive.")
            .add("outcome", "STRING NOT NULL", "BASELINE, INSUFFICIENT_DATA, STABLE or DRIFT.")
            .add("reason", Columns.type("STRING"), "Why, for people.", text())
            .add("reference", "STRING", "What the window was held against.")
            .add(
                "statistics",
                "ARRAY<ROW<`name` STRING, `value` DOUBLE, `effect` DOUBLE, `p_value` DOUBLE,"
                    + " `adjusted_p` DOUBLE, `threshold` DOUBLE, `drifted` BOOLEAN>>",
                "PSI and the others, each with its test.")
            .add("reference_profile", PROFILE, "What the reference's values are like.")
            .add("profile", PROFILE, "What the window's values are like.")
            .add(
                "bins",
                Columns.type(
                    "ARRAY<ROW<`label` STRING, `lower` DOUBLE, `upper` DOUBLE,"
                        + " `reference_count` BIGINT, `count` BIGINT>>"),
                "Counts of reference and window.",
                values)
            .add(
                "quantiles",
                "ARRAY<ROW<`q` DOUBLE, `reference` DOUBLE, `current` DOUBLE>>",
                "Of reference and window.")
            .add(
                "new_categories",
                Columns.type("ARRAY<ROW<`category` STRING, `count` BIGINT>>"),
                "Values that the reference did not have.",
                values);
    newest(
        "drift",
        pipeline.topics().drift(),
        columns,
        only(columns, "column"),
        "Each column of each window held against its reference.");
  }

  /** Of texts that may name a value of a column or segment. */
  private Treatment text() {
    return showsPersonalDrift() ? Treatment.HIDE : Treatment.KEEP;
  }

  /** Whether a monitor watches personal data, or looks at segments of them. */
  private boolean showsPersonalDrift() {
    return policy.masks() && pipeline.driftMonitors().stream().anyMatch(this::showsPersonalData);
  }

  private boolean showsPersonalData(DriftMonitorSpec monitor) {
    Set<String> personal = new HashSet<>();
    Optional<FeatureViewSpec> view = pipeline.featureView(monitor.input());
    Source source =
        pipeline
            .source(monitor.inputIsView() ? view.orElseThrow().source() : monitor.input())
            .orElseThrow();
    source.contract().fields().stream()
        .filter(Field::isPii)
        .map(Field::name)
        .forEach(personal::add);
    if (monitor.inputIsView()) {
      personal.addAll(FeatureTables.personalFeatures(view.orElseThrow(), source));
    }
    boolean watched =
        monitor.columns().isEmpty()
            ? !personal.isEmpty()
            : monitor.columns().stream().anyMatch(it -> personal.contains(it.name()));
    return watched || monitor.segments().filter(it -> personal.contains(it.by())).isPresent();
  }

  private void driftWindows() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "dataset")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("window_start", TIME + " NOT NULL", "Start of the window, inclusive.")
            .add("window_end", TIME + " NOT NULL", "End of the window, exclusive.")
            .add("outcome", "STRING NOT NULL", "BASELINE, INSUFFICIENT_DATA, STABLE or DRIFT.")
            .add("reason", Columns.type("STRING"), "Why, for people.", text())
            .add("reference", "STRING", "What the window was held against.")
            .add("rows", "BIGINT", "Rows of the window.")
            .add("late", "BIGINT", "Rows too late for any window, since the window before.")
            .add("columns", "INT", "Columns that are watched.")
            .add("compared", "INT", "Columns with enough rows and a reference.")
            .add("drifted", DRIFTED, "Columns that drifted, greatest effect first.")
            .add("alarm", "STRING", "QUIET, PENDING or OPEN after this window.")
            .add("onset", TIME, "Start of the first window of the drift.");
    newest(
        "drift_windows",
        pipeline.topics().drift(),
        columns,
        only(columns, "dataset"),
        "All columns of each window together: the decision about the data.");
  }

  private void alerts() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "data_drift")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("segment", Columns.type("STRING"), "Of these rows; empty: all.", text())
            .add("state", "STRING NOT NULL", "OPEN or RESOLVED.")
            .add("severity", "STRING NOT NULL", "WARNING or CRITICAL.")
            .add("onset", TIME, "Start of the first window that drifted.")
            .add("at", TIME, "End of the newest window of the alarm.")
            .add("windows", "INT", "Drifted windows since the onset.")
            .add("columns", DRIFTED, "Columns that drifted, greatest effect first.")
            .add("message", Columns.type("STRING"), "For people.", text());
    newest(
        "alerts",
        pipeline.topics().alerts(),
        columns,
        only(columns, "data_drift"),
        "Alarms about drift: one drift is one alarm.");
  }

  private void retraining() {
    Columns columns =
        new Columns()
            .add("kind", "STRING NOT NULL", "retraining")
            .add("monitor", "STRING NOT NULL", "The drift monitor.")
            .add("should_retrain", "BOOLEAN NOT NULL", "Whether to train the model anew.")
            .add("cause", "STRING", "DATA_DRIFT, PERFORMANCE, both, or RECOVERED.")
            .add("reason", Columns.type("STRING"), "For people.", text())
            .add("since", TIME, "Since when.")
            .add("at", TIME, "Event time of what led to it.")
            .add("columns", DRIFTED, "Columns that drifted, greatest effect first.");
    newest(
        "retraining",
        pipeline.topics().alerts(),
        columns,
        only(columns, "retraining"),
        "The advice that holds for each monitored model.");
  }

  private static List<JsonRows.Condition> only(Columns columns, String kind) {
    return List.of(TopicTables.only(columns, "kind", kind));
  }

  /** Ids name segments, which may be values of personal data. */
  private void newest(
      String name,
      String topic,
      Columns columns,
      List<JsonRows.Condition> conditions,
      String comment) {
    tables.newest(
        name,
        topic,
        showsPersonalDrift() ? Treatment.PSEUDONYM : Treatment.KEEP,
        columns,
        conditions,
        comment);
  }
}
