package io.millrace.jobs.tables;

import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * The type of a column of texts: the narrowest of BIGINT, DOUBLE and BOOLEAN that writes all of its
 * values back as they were meant, else STRING. Codes with leading zeros are no numbers.
 */
final class ColumnGuess {
  private boolean any;
  private boolean whole = true;
  private boolean number = true;
  private boolean truth = true;

  void see(String text) {
    any = true;
    whole = whole && isWhole(text);
    number = number && (whole || isNumber(text));
    truth = truth && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"));
  }

  LogicalType type() {
    if (!any) {
      return VarCharType.STRING_TYPE;
    }
    return whole
        ? new BigIntType()
        : number ? new DoubleType() : truth ? new BooleanType() : VarCharType.STRING_TYPE;
  }

  private static boolean leadingZero(String text) {
    int first = text.startsWith("-") ? 1 : 0;
    return text.length() > first + 1
        && text.charAt(first) == '0'
        && Character.isDigit(text.charAt(first + 1));
  }

  private static boolean isWhole(String text) {
    if (leadingZero(text) || text.startsWith("+")) {
      return false;
    }
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException other) {
      return false;
    }
  }

  private static boolean isNumber(String text) {
    char last = text.charAt(text.length() - 1);
    // Java takes 1d and 1f for numbers, nobody else does.
    if (leadingZero(text) || !(Character.isDigit(last) || last == '.' || text.equals("NaN"))) {
      return false;
    }
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException other) {
      return false;
    }
  }
}
