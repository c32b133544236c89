package io.millrace.matching;

import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** How well one type can have taken another's place. */
final class TypeFit {
  private TypeFit() {}

  /** 1 for types of one family, 0 for types whose values have nothing in common. */
  static double of(LogicalType from, LogicalType to) {
    Family a = Family.of(from);
    Family b = Family.of(to);
    if (a == b) {
      return 1;
    }
    return switch (a) {
      case WHOLE -> b == Family.FRACTION ? 0.8 : b == Family.TEXT || b == Family.TIME ? 0.4 : 0.1;
      case FRACTION -> b == Family.WHOLE ? 0.8 : b == Family.TEXT ? 0.4 : 0;
      case DATE -> b == Family.TIME ? 0.7 : b == Family.TEXT ? 0.4 : 0;
      case TIME -> b == Family.DATE ? 0.7 : b == Family.TEXT || b == Family.WHOLE ? 0.4 : 0;
      case TEXT -> b == Family.NESTED ? 0 : 0.4;
      case TRUTH -> b == Family.TEXT || b == Family.WHOLE ? 0.3 : 0;
      case NESTED -> 0;
    };
  }

  private enum Family {
    WHOLE,
    FRACTION,
    TEXT,
    TRUTH,
    DATE,
    TIME,
    NESTED;

    static Family of(LogicalType type) {
      if (type.is(LogicalTypeFamily.INTEGER_NUMERIC)) {
        return WHOLE;
      }
      if (type.is(LogicalTypeFamily.NUMERIC)) {
        return FRACTION;
      }
      if (type.is(LogicalTypeFamily.CHARACTER_STRING) || type.is(LogicalTypeFamily.BINARY_STRING)) {
        return TEXT;
      }
      if (type.is(LogicalTypeRoot.BOOLEAN)) {
        return TRUTH;
      }
      if (type.is(LogicalTypeRoot.DATE)) {
        return DATE;
      }
      return type.is(LogicalTypeFamily.DATETIME) ? TIME : NESTED;
    }
  }
}
