package io.millrace.quickstart.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlStatementsTest {

  private static List<String> statements(String text) {
    return SqlStatements.of(text).stream().map(SqlStatements.Statement::sql).toList();
  }

  @Test
  void shouldSplitAtSemicolonsThatEndStatements() {
    assertThat(statements("SELECT 1; SELECT ';', `a;b`, \"c;d\" ;\n\nSELECT 'it''s; ok'"))
        .containsExactly("SELECT 1", "SELECT ';', `a;b`, \"c;d\"", "SELECT 'it''s; ok'");
  }

  @Test
  void shouldPassOverCommentsAndKeepHints() {
    assertThat(
            statements(
                "-- what; is this?\nSELECT 1 /* no; really */;\n-- the end;\n/* ; */\n;"
                    + "SELECT * FROM t /*+ OPTIONS('a' = ';') */"))
        .containsExactly("SELECT 1 /* no; really */", "SELECT * FROM t /*+ OPTIONS('a' = ';') */");
  }

  @Test
  void shouldKeepASetOfStatementsTogether() {
    String set =
        "EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 2;\nEND";
    assertThat(statements(set + ";\nSELECT 3;")).containsExactly(set, "SELECT 3");
  }

  @Test
  void shouldKnowWhereAStatementBegins() {
    List<SqlStatements.Statement> statements =
        SqlStatements.of("-- one\n\nSELECT\n  1;\n\n/* two\nlines */ SELECT 2;");
    assertThat(statements).extracting(SqlStatements.Statement::line).containsExactly(3, 7);
    assertThat(statements.get(0).summary()).isEqualTo("SELECT 1");
  }

  @Test
  void shouldTakeWhatIsNeverClosedAsOneStatement() {
    assertThat(statements("SELECT 'a; b")).containsExactly("SELECT 'a; b");
    assertThat(statements("SELECT 1 /* a; b")).containsExactly("SELECT 1 /* a; b");
    assertThat(statements("  \n ; -- nothing")).isEmpty();
  }

  @Test
  void shouldFindTheWordsInAStack() {
    String stack =
        """
        org.apache.flink.SqlGatewayException: Failed to fetchResults.
        \tat a.b.C.d(C.java:1)
        Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 1
        \tat a.b.C.d(C.java:1)
        \t... 7 more
        Caused by: org.apache.calcite.CalciteContextException: Object 'nosuch' not found
        within 'millrace.flights'
        \tat a.b.C.d(C.java:1)
        """;
    assertThat(SqlException.words(stack))
        .isEqualTo(
            "Object 'nosuch' not found\nwithin 'millrace.flights'\n(SQL validation failed. From line 1)");
  }
}
