package io.millrace.quickstart.sql;

import java.io.PrintWriter;
import java.util.List;

/** Runs the statements of a text one after the other, and ends with the first that fails. */
public final class SqlScript {

  private SqlScript() {}

  /**
   * @param name of the text, for messages
   * @param beginning statements that are run first, in silence
   * @param out where statements and results go
   * @throws SqlException if one fails: with its place, the statement, and what is wrong
   */
  public static void run(
      SqlSession session, String name, List<String> beginning, String text, PrintWriter out) {
    beginning.forEach(session::run);
    for (SqlStatements.Statement statement : SqlStatements.of(text)) {
      out.println("sql> " + statement.summary());
      out.flush();
      ResultText result = new ResultText(out, session.isBatch());
      try {
        session.run(statement.sql(), result);
      } catch (SqlException failure) {
        result.endEarly();
        throw new SqlException(
            "%s:%d: this statement failed: %s%n%s"
                .formatted(
                    name, statement.line(), statement.summary(), withCure(failure.getMessage())));
      }
      result.end();
    }
  }

  private static String withCure(String message) {
    return message.contains("does not host this topic-partition")
        ? message
            + "%nThe table's topic does not exist yet: its pipeline has not run, see scripts/submit"
                .formatted()
        : message;
  }
}
