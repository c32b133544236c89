package io.millrace.quality;

import io.millrace.contract.QualityRule;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.document.Problem;
import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowProgram;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/** Rules that are conditions in SQL. */
public final class SqlRules {
  private SqlRules() {}

  /** What the planner does not accept of a source's rules, with the place in the contract. */
  public static List<Problem> problems(Source source) {
    List<Problem> problems = new ArrayList<>();
    for (QualityRule rule : source.contract().qualityRules()) {
      if (rule.check() instanceof Satisfies satisfies) {
        try {
          RowProgram program = program(source.rowType(), satisfies);
          if (!program.outputType().getTypeAt(0).is(LogicalTypeRoot.BOOLEAN)) {
            problems.add(
                rule.place()
                    .problem(
                        "a condition of type "
                            + program.outputType().getTypeAt(0).asSummaryString(),
                        "a condition, which is BOOLEAN",
                        "compare the value with something"));
          }
        } catch (ExpressionException refused) {
          problems.add(
              rule.place()
                  .problem(
                      "the condition " + satisfies.condition() + ": " + refused.getMessage(),
                      "a Flink SQL condition over the fields of one record",
                      "correct it"));
        }
      }
    }
    return problems;
  }

  /**
   * @param rows type of the rows, that of a source or one that begins with its columns
   * @throws IllegalArgumentException if the planner does not accept the rule
   */
  static RowProgram compile(RowType rows, QualityRule rule) {
    try {
      return program(rows, (Satisfies) rule.check());
    } catch (ExpressionException refused) {
      throw new IllegalArgumentException(
          "quality rule " + rule.name() + ": " + refused.getMessage(), refused);
    }
  }

  private static RowProgram program(RowType rows, Satisfies rule) throws ExpressionException {
    return RowProgram.compile(rows, List.of(rule.condition()), Optional.empty());
  }
}
