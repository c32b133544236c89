package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;

import java.math.BigDecimal;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;

/** Puts values into the contract's types as they are: nothing is rounded, cut off or wrapped. */
public final class Exactly {

  /** Longer numerals are nobody's measurement, and their arithmetic is slow. */
  private static final int MAX_NUMERAL_LENGTH = 1_000;

  private Exactly() {}

  public static DecimalData decimal(BigDecimal value, int precision, int scale) {
    // Compared before anything is rescaled: 1e999999999 would not fit into memory.
    long integerDigits = value.signum() == 0 ? 0 : (long) value.precision() - value.scale();
    if (integerDigits > precision - scale) {
      throw outOfRange(value.toString(), "DECIMAL(" + precision + ", " + scale + ")");
    }
    if (value.scale() <= scale) {
      return DecimalData.fromBigDecimal(value, precision, scale);
    }
    BigDecimal shortest = value.stripTrailingZeros();
    if (shortest.scale() > scale) {
      throw new DecodingException(
          PRECISION_LOSS,
          DecodingException.shown(value.toString())
              + " has more digits after the point than DECIMAL("
              + precision
              + ", "
              + scale
              + ") keeps; raise the contract's scale");
    }
    return DecimalData.fromBigDecimal(shortest, precision, scale);
  }

  /**
   * The value with at most {@code scale} digits after the point, rounded half up; null if it is
   * beyond the type. Costs what its digits cost, whatever its exponent says.
   */
  public static DecimalData rounded(BigDecimal value, int precision, int scale) {
    // Positions before the point of the first digit; negative for zeros after it.
    long magnitude = (long) value.precision() - value.scale();
    if (value.signum() == 0 || magnitude < -scale) {
      return DecimalData.zero(precision, scale);
    }
    return magnitude > precision - scale
        ? null
        : DecimalData.fromBigDecimal(value, precision, scale);
  }

  /** A decimal numeral as text, for example {@code -12.50} or {@code 1e3}. */
  public static BigDecimal numeral(String text) {
    if (text.length() > MAX_NUMERAL_LENGTH) {
      throw outOfRange(text, "decimal numbers");
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new DecodingException(
          WRONG_TYPE, DecodingException.shown(text) + " where a decimal number is expected");
    }
  }

  /**
   * @throws DecodingException if {@code value} is not within the bounds, both inclusive
   */
  public static long within(long value, long lowest, long highest, Object type) {
    if (value < lowest || value > highest) {
      throw outOfRange(Long.toString(value), type);
    }
    return value;
  }

  /**
   * @param maxLength in characters (code points), as SQL counts
   */
  public static StringData text(String value, int maxLength) {
    if (value.length() > maxLength && value.codePointCount(0, value.length()) > maxLength) {
      throw new DecodingException(
          OUT_OF_RANGE,
          DecodingException.shown(value) + " is longer than " + maxLength + " characters");
    }
    return StringData.fromString(value);
  }

  public static byte[] bytes(byte[] value, int maxLength) {
    if (value.length > maxLength) {
      throw new DecodingException(
          OUT_OF_RANGE, value.length + " bytes are longer than the contract's " + maxLength);
    }
    return value;
  }

  public static DecodingException outOfRange(String value, Object type) {
    return new DecodingException(
        OUT_OF_RANGE, DecodingException.shown(value) + " is outside the range of " + type);
  }
}
