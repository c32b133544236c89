package io.millrace.sql.functions;

import io.millrace.pii.PiiText;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code MASK_PII(text)}: the text with e-mail and internet addresses and the numbers of phones,
 * cards, accounts and persons in it masked, letters as x and digits as 9. Sound before complete:
 * names of people are not found; {@link Mask} hides whole columns. Null where the text is null.
 */
public final class MaskPii extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  public String eval(String text) {
    return text == null ? null : PiiText.mask(text);
  }
}
