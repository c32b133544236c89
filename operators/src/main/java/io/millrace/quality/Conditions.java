package io.millrace.quality;

import io.millrace.contract.QualityRule.Check;
import io.millrace.contract.QualityRule.Length;
import io.millrace.contract.QualityRule.Matches;
import io.millrace.contract.QualityRule.NotMissing;
import io.millrace.contract.QualityRule.NotNull;
import io.millrace.contract.QualityRule.OneOf;
import io.millrace.contract.QualityRule.Range;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Checks of single values, over Flink's internal forms of them; null is an unknown value. */
final class Conditions {
  private Conditions() {}

  /**
   * The condition that a value of this type must satisfy. It may keep what it has found out about
   * earlier values, and is NOT thread safe.
   */
  static Predicate<Object> of(Check check, LogicalType type) {
    if (check instanceof NotNull) {
      return value -> value != null;
    }
    if (check instanceof NotMissing missing) {
      Set<Object> texts = values(missing.texts(), type);
      return value -> value == null ? !missing.nulls() : !texts.contains(comparable(value));
    }
    if (check instanceof OneOf oneOf) {
      Set<Object> values = values(oneOf.values(), type);
      return value -> value == null || values.contains(comparable(value));
    }
    if (check instanceof Range range) {
      return type.is(LogicalTypeFamily.INTEGER_NUMERIC) ? wholeRange(range) : range(range);
    }
    if (check instanceof Length length) {
      return value -> {
        if (value == null) {
          return true;
        }
        String text = value.toString();
        int characters = text.codePointCount(0, text.length());
        return characters >= length.least() && characters <= length.most();
      };
    }
    if (check instanceof Matches matches) {
      return new PatternCondition(matches.pattern());
    }
    throw new IllegalArgumentException(check + " is no check of a single value");
  }

  /** Limits of whole numbers as longs: no number is built for a value. */
  private static Predicate<Object> wholeRange(Range range) {
    long from =
        range.least() == null
            ? Long.MIN_VALUE
            : edge(range.least(), RoundingMode.CEILING, range.leastExcluded(), 1);
    long to =
        range.most() == null
            ? Long.MAX_VALUE
            : edge(range.most(), RoundingMode.FLOOR, range.mostExcluded(), -1);
    return value -> {
      if (value == null) {
        return true;
      }
      long number = ((Number) value).longValue();
      return number >= from && number <= to;
    };
  }

  private static long edge(BigDecimal limit, RoundingMode rounding, boolean excluded, int step) {
    BigDecimal whole = limit.setScale(0, rounding);
    if (excluded && whole.compareTo(limit) == 0) {
      whole = whole.add(BigDecimal.valueOf(step));
    }
    return whole
        .max(BigDecimal.valueOf(Long.MIN_VALUE))
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValue();
  }

  private static Predicate<Object> range(Range range) {
    return value -> value == null || isFinite(value) && range.contains(number(value));
  }

  private static boolean isFinite(Object value) {
    return !(value instanceof Double || value instanceof Float)
        || Double.isFinite(((Number) value).doubleValue());
  }

  private static BigDecimal number(Object value) {
    if (value instanceof TimestampData time) {
      return BigDecimal.valueOf(time.getMillisecond(), 3)
          .add(BigDecimal.valueOf(time.getNanoOfMillisecond(), 9));
    }
    if (value instanceof DecimalData decimal) {
      return decimal.toBigDecimal();
    }
    if (value instanceof Double || value instanceof Float) {
      return new BigDecimal(value.toString());
    }
    return BigDecimal.valueOf(((Number) value).longValue());
  }

  private static Set<Object> values(List<String> written, LogicalType type) {
    if (type.is(LogicalTypeFamily.CHARACTER_STRING)) {
      return written.stream().map(StringData::fromString).collect(Collectors.toSet());
    }
    if (type.is(LogicalTypeRoot.BOOLEAN)) {
      return written.stream().map(Boolean::valueOf).collect(Collectors.toSet());
    }
    Set<Object> numbers = new HashSet<>();
    for (String text : written) {
      try {
        numbers.add(new BigDecimal(text).stripTrailingZeros());
      } catch (NumberFormatException noNumber) {
        // A text such as N/A stands for no number: no value of this field is equal to it.
      }
    }
    return numbers;
  }

  /** The form in which {@link #values} are. */
  private static Object comparable(Object value) {
    return value instanceof StringData || value instanceof Boolean || !isFinite(value)
        ? value
        : number(value).stripTrailingZeros();
  }
}
