package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Statistic;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import io.millrace.pipeline.DriftStatistic;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A monitor bound to the type of its rows: what the operators need to know.
 *
 * @param segmentPosition of the segment column in the rows; -1 without segments
 * @param segmentLimit most segments
 * @param spanMillis how far the reference reaches; 0 for {@code file} and {@code pinned}
 * @param referenceText as the pipeline file has it
 * @param retracts whether rows that are updated or deleted are taken back from their windows
 * @param references of the file, per column and segment, as {@link
 *     io.millrace.drift.statistics.ColumnTally} writes them; empty for other kinds
 */
public record DriftPlan(
    String monitor,
    List<WatchedColumn> columns,
    int segmentPosition,
    LogicalType segmentType,
    int segmentLimit,
    long windowMillis,
    long stepMillis,
    DriftReference.Kind reference,
    long spanMillis,
    String referenceText,
    DriftMonitorSpec.Alarm alarm,
    boolean retracts,
    Map<String, Map<String, byte[]>> references)
    implements Serializable {

  /** Most cells of a tally of all rows. */
  public static final int CELLS = 4_096;

  /** Most cells of a tally of one segment, and of each step of a moving reference. */
  public static final int CELLS_OF_PART = 1_024;

  public DriftPlan {
    columns = List.copyOf(columns);
    references = Map.copyOf(references);
  }

  /**
   * What is wrong with a watched column.
   *
   * @param column empty when the monitor as a whole has nothing to watch
   */
  public record Problem(String column, String found, String expected, String fix) {}

  /**
   * What the JSON Schema and the names cannot tell: whether each column's type can be watched, and
   * each statistic is defined for it.
   */
  public static List<Problem> problems(DriftMonitorSpec spec, RowType rows) {
    List<Problem> problems = new ArrayList<>();
    for (DriftMonitorSpec.Column column : spec.columns()) {
      LogicalType type = rows.getTypeAt(rows.getFieldIndex(column.name()));
      Optional<ColumnKind> kind = ColumnKinds.of(type);
      if (kind.isEmpty()) {
        problems.add(
            new Problem(
                column.name(),
                "the column \"" + column.name() + "\" of type " + text(type),
                "a number, a text, a boolean, a date or a time",
                "leave it out"));
        continue;
      }
      for (DriftStatistic statistic : column.statistics()) {
        if (!statistic(statistic).suits(kind.get())) {
          problems.add(
              new Problem(
                  column.name(),
                  statistic.keyword() + " of a column of type " + text(type),
                  "one of " + ColumnKinds.statisticsFor(kind.get()),
                  "use one of these, or auto"));
        }
      }
    }
    spec.segments()
        .filter(
            segments ->
                ColumnValues.category(rows.getTypeAt(rows.getFieldIndex(segments.by())), 0)
                    .isEmpty())
        .ifPresent(
            segments ->
                problems.add(
                    new Problem(
                        "",
                        "segments by \""
                            + segments.by()
                            + "\" of type "
                            + text(rows.getTypeAt(rows.getFieldIndex(segments.by()))),
                        "a text, a boolean or an integer",
                        "segment by another column")));
    return problems;
  }

  private static String text(LogicalType type) {
    return type.copy(true).asSummaryString();
  }

  private static Statistic statistic(DriftStatistic statistic) {
    return Statistic.ofFileName(statistic.keyword()).orElseThrow();
  }

  /**
   * Binds a monitor.
   *
   * @param skipped columns that are only watched when they are named: keys, event time, pii
   * @param confidential columns whose values must not be shown
   * @param retracts see the record
   * @throws IllegalArgumentException with the first of {@link #problems}, or when nothing is left
   *     to watch
   */
  public static DriftPlan bind(
      DriftMonitorSpec spec,
      RowType rows,
      Set<String> skipped,
      Set<String> confidential,
      boolean retracts) {
    for (Problem problem : problems(spec, rows)) {
      throw new IllegalArgumentException(
          "monitor %s: found %s, expected %s"
              .formatted(spec.name(), problem.found(), problem.expected()));
    }
    List<WatchedColumn> columns = new ArrayList<>();
    for (DriftMonitorSpec.Column column : watched(spec, rows, skipped)) {
      int position = rows.getFieldIndex(column.name());
      LogicalType type = rows.getTypeAt(position);
      ColumnKind kind = ColumnKinds.of(type).orElseThrow();
      columns.add(
          new WatchedColumn(
              column.name(),
              position,
              type,
              kind,
              deciding(column, kind),
              confidential.contains(column.name())));
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          "monitor "
              + spec.name()
              + " has no column to watch: name some under columns, because of the input's own none"
              + " is a number, a text or a boolean outside of keys and pii");
    }
    int segment = spec.segments().map(segments -> rows.getFieldIndex(segments.by())).orElse(-1);
    return new DriftPlan(
        spec.name(),
        columns,
        segment,
        segment < 0 ? null : rows.getTypeAt(segment),
        spec.segments().map(DriftMonitorSpec.Segments::limit).orElse(0),
        spec.window().toMillis(),
        spec.step().toMillis(),
        spec.reference().kind(),
        spec.reference().span().toMillis(),
        spec.reference().written(),
        spec.alarm(),
        retracts,
        Map.of());
  }

  private static List<DriftMonitorSpec.Column> watched(
      DriftMonitorSpec spec, RowType rows, Set<String> skipped) {
    if (!spec.columns().isEmpty()) {
      return spec.columns();
    }
    return rows.getFields().stream()
        .filter(field -> !skipped.contains(field.getName()))
        .filter(field -> ColumnKinds.isWatchedUnasked(field.getType()))
        .map(field -> new DriftMonitorSpec.Column(field.getName(), List.of()))
        .toList();
  }

  private static Set<Statistic> deciding(DriftMonitorSpec.Column column, ColumnKind kind) {
    if (column.statistics().isEmpty()) {
      return Arrays.stream(Statistic.values())
          .filter(statistic -> statistic.isUsual() && statistic.suits(kind))
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Statistic.class)));
    }
    return column.statistics().stream()
        .map(DriftPlan::statistic)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Statistic.class)));
  }

  /** The statistics that decide, by column, in the order of the columns. */
  public Map<String, List<String>> statistics() {
    Map<String, List<String>> statistics = new LinkedHashMap<>();
    for (WatchedColumn column : columns) {
      statistics.put(
          column.name(), column.deciding().stream().sorted().map(Statistic::fileName).toList());
    }
    return statistics;
  }

  /** How the watched columns are compared. */
  public Map<String, ColumnKind> kinds() {
    return columns.stream().collect(Collectors.toMap(WatchedColumn::name, WatchedColumn::kind));
  }

  /**
   * The same plan with the reference that was read from its file.
   *
   * @param tallies per segment those of the watched columns, with at most {@link #CELLS} cells, in
   *     segments {@link #CELLS_OF_PART}; all rows are the segment of no name
   */
  public DriftPlan withReference(Map<String, Map<String, ColumnTally>> tallies) {
    Map<String, Map<String, byte[]>> written = new HashMap<>();
    tallies.forEach(
        (segment, ofSegment) ->
            ofSegment.forEach(
                (column, tally) ->
                    written
                        .computeIfAbsent(column, any -> new HashMap<>())
                        .put(segment, bytes(tally))));
    return new DriftPlan(
        monitor,
        columns,
        segmentPosition,
        segmentType,
        segmentLimit,
        windowMillis,
        stepMillis,
        reference,
        spanMillis,
        referenceText,
        alarm,
        retracts,
        written);
  }

  private static byte[] bytes(ColumnTally tally) {
    DataOutputSerializer out = new DataOutputSerializer(1_024);
    try {
      tally.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.getCopyOfBuffer();
  }

  boolean segmented() {
    return segmentPosition >= 0;
  }

  /** Start of the step that an event time falls into. */
  long stepOf(long timeMillis) {
    return Math.floorDiv(timeMillis, stepMillis) * stepMillis;
  }

  int cells(String segment) {
    return segment.isEmpty() ? CELLS : CELLS_OF_PART;
  }

  /** Changes of it make what was learnt so far worthless. */
  String fingerprint() {
    return windowMillis + "/" + stepMillis + "/" + referenceText;
  }
}
