package io.millrace.sql.functions;

import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code MASK(text)}: the whole text masked, letters as x and X and digits as 9, so that only its
 * shape is left. Null where the text is null.
 */
public final class Mask extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  public String eval(String text) {
    return text == null ? null : io.millrace.pii.Mask.maskWhole(text);
  }
}
