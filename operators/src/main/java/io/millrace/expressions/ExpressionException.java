package io.millrace.expressions;

/** An SQL expression that Flink's planner refuses. The message speaks of the expression only. */
public class ExpressionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String expression;

  public ExpressionException(String expression, String problem, Throwable cause) {
    super(problem, cause);
    this.expression = expression;
  }

  /** The refused expression, as it was written. */
  public String expression() {
    return expression;
  }
}
