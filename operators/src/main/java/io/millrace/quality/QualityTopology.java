package io.millrace.quality;

import io.millrace.contract.QualityRule;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.contract.QualityRule.Unique;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.PositionedRows;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.QualityResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/**
 * The quality rules of one source, as far as they are not part of its guard.
 *
 * @param rows those that are let pass
 * @param deadLetters of rows that are not; one stream per rule that can refuse any
 * @param results of each rule and window; none for a contract without rules
 */
public record QualityTopology(
    DataStream<RowData> rows,
    List<DataStream<DeadLetter>> deadLetters,
    Optional<DataStream<QualityResult>> results) {

  /**
   * Adds the rules to a job: counts of what the guard has decided, then conditions in SQL, then
   * uniqueness. Rules that tolerate some broken records leave the rows as they are.
   *
   * <p>SQL rules keep the order of rows. A rule about uniqueness deals them out by the values that
   * are to be unique; from there on only rows with the same values are in order.
   *
   * @param ingested what the source has decided about, see {@link RowLevelRules}
   * @param rows the rows among them: the source's, or {@link PositionedRows}, which stay such
   * @param place topic or table that the source reads
   * @param uidOf uid of an operator by its suffix, for example {@code quality-counts}
   */
  public static QualityTopology of(
      Source source,
      DataStream<Ingested> ingested,
      DataStream<RowData> rows,
      String place,
      UnaryOperator<String> uidOf) {
    if (source.contract().qualityRules().isEmpty()) {
      return new QualityTopology(rows, List.of(), Optional.empty());
    }
    List<DataStream<RuleCounts>> counts = new ArrayList<>();
    if (!IngestedCounts.counted(source).isEmpty()) {
      counts.add(
          ingested
              .transform(
                  source.name() + ": rules about single rows",
                  TypeInformation.of(RuleCounts.class),
                  new IngestedCounts(source))
              .setParallelism(ingested.getParallelism())
              .uid(uidOf.apply("quality-counts"))
              .getSideOutput(CountingOperator.COUNTS));
    }
    QualityTopology passed = passed(source, rows, place, counts, uidOf);
    return new QualityTopology(
        passed.rows, passed.deadLetters, Optional.of(results(source, counts, uidOf)));
  }

  /**
   * The same without counts and results, for rows that were counted when they first came: those of
   * replayed dead letters.
   */
  public static QualityTopology uncounted(
      Source source, DataStream<RowData> rows, String place, UnaryOperator<String> uidOf) {
    return passed(source, rows, place, new ArrayList<>(), uidOf);
  }

  /**
   * @param counts receives those of the rules
   */
  private static QualityTopology passed(
      Source source,
      DataStream<RowData> rows,
      String place,
      List<DataStream<RuleCounts>> counts,
      UnaryOperator<String> uidOf) {
    long windowMillis = source.quality().window().toMillis();
    List<DataStream<DeadLetter>> deadLetters = new ArrayList<>();
    DataStream<RowData> passed = rows;
    RowType type = PositionedRows.typeOf(rows);
    for (QualityRule rule : source.contract().qualityRules()) {
      boolean sql = rule.check() instanceof Satisfies;
      if (!sql && !(rule.check() instanceof Unique)) {
        continue;
      }
      Enforcement enforcement = new Enforcement(source, type, place, rule);
      SingleOutputStreamOperator<RowData> checked =
          sql
              ? satisfying(source, type, passed, enforcement, windowMillis, uidOf)
              : unique(source, type, passed, enforcement, windowMillis);
      checked.name(source.name() + ": " + rule.name()).uid(uidOf.apply("rule-" + rule.name()));
      counts.add(checked.getSideOutput(CountingOperator.COUNTS));
      if (rule.isEnforced()) {
        passed = checked;
        deadLetters.add(checked.getSideOutput(SplitDeadLetters.DEAD_LETTERS));
      }
    }
    return new QualityTopology(passed, deadLetters, Optional.empty());
  }

  private static SingleOutputStreamOperator<RowData> satisfying(
      Source source,
      RowType type,
      DataStream<RowData> rows,
      Enforcement enforcement,
      long windowMillis,
      UnaryOperator<String> uidOf) {
    QualityRule rule = enforcement.rule();
    SingleOutputStreamOperator<RowData> judged =
        SqlRules.compile(type, rule)
            .applyBeside(rows, source.name() + ": condition of " + rule.name())
            .uid(uidOf.apply("rule-" + rule.name() + "-condition"));
    return judged
        .transform(
            rule.name(),
            InternalTypeInfo.of(type),
            new SqlRuleOperator(enforcement, type.getFieldCount(), windowMillis))
        .setParallelism(rows.getParallelism());
  }

  private static SingleOutputStreamOperator<RowData> unique(
      Source source,
      RowType type,
      DataStream<RowData> rows,
      Enforcement enforcement,
      long windowMillis) {
    List<String> names = ((Unique) enforcement.rule().check()).fields();
    int[] fields = names.stream().mapToInt(name -> source.rowType().getFieldIndex(name)).toArray();
    return rows.keyBy(new UniqueKey(source.rowType(), fields), Types.STRING)
        .transform(
            enforcement.rule().name(),
            InternalTypeInfo.of(type),
            new UniqueOperator(enforcement, fields, windowMillis));
  }

  private static DataStream<QualityResult> results(
      Source source, List<DataStream<RuleCounts>> counts, UnaryOperator<String> uidOf) {
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    DataStream<RuleCounts>[] others = counts.subList(1, counts.size()).toArray(new DataStream[0]);
    return counts
        .get(0)
        .union(others)
        .keyBy(RuleCounts::rule, Types.STRING)
        .process(new RuleWindows(source), TypeInformation.of(QualityResult.class))
        // A handful of counts per window and rule.
        .setParallelism(1)
        .name(source.name() + ": pass rates")
        .uid(uidOf.apply("quality-windows"));
  }
}
