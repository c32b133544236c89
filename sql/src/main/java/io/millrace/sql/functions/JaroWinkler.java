package io.millrace.sql.functions;

import io.millrace.matching.Similar;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code JARO_WINKLER(a, b)}: how alike two short texts are written, from 0 to 1 for equal ones
 * (Winkler, 1990; prefix weight 0.1). Case counts. Null where one is null.
 */
public final class JaroWinkler extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  public Double eval(String a, String b) {
    return a == null || b == null ? null : (Double) Similar.jaroWinkler(a, b);
  }
}
