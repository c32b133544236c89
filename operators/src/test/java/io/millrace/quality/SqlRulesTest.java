package io.millrace.quality;

import static io.millrace.quality.RideSource.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.QualityRule;
import io.millrace.contract.QualityRule.Satisfies;
import io.millrace.document.Problem;
import io.millrace.pipeline.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlRulesTest {

  @Test
  void shouldAcceptConditionsOverOneRecord() {
    assertThat(
            problems(
                rule("cheap", "fare", new Satisfies("fare < 100 AND zone LIKE 'Z%'")),
                rule("tags", "", new Satisfies("CARDINALITY(tags) <= 3")),
                rule("new", "", new Satisfies("_evolved['gate'] IS NULL"))))
        .isEmpty();
  }

  @Test
  void shouldNameThePlaceOfAConditionThatFlinkRefuses() {
    List<Problem> problems =
        problems(
            rule("typo", "", new Satisfies("far < 100")),
            rule("number", "", new Satisfies("fare + 1")),
            rule("rows", "", new Satisfies("fare < AVG(fare)")),
            rule("now", "", new Satisfies("NOW() > TIMESTAMP '2026-01-01 00:00:00'")),
            rule("broken", "", new Satisfies("fare <")));

    assertThat(problems).hasSize(5);
    assertThat(problems).allMatch(it -> it.toString().startsWith("rides.yaml:1: quality: found"));
    assertThat(problems.get(0).toString()).contains("far < 100", "'far'");
    assertThat(problems.get(1).toString()).contains("expected a condition, which is BOOLEAN");
  }

  private static List<Problem> problems(QualityRule... rules) {
    Source source = RideSource.with(Map.of(), rules);
    return SqlRules.problems(source);
  }
}
