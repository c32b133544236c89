package io.millrace.ingest;

import java.math.BigInteger;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The lattice of types: which type holds every value of two others, exactly.
 *
 * <pre>
 * TINYINT -> SMALLINT -> INT -> BIGINT -> DECIMAL(19 + s, s)     each integer also -> DECIMAL
 * TINYINT, SMALLINT -> FLOAT -> DOUBLE        INT -> DOUBLE
 * DECIMAL(p, s) -> DECIMAL(p', s')            if p' - s' >= p - s and s' >= s, up to 38 digits
 * DATE -> TIMESTAMP(p) -> TIMESTAMP(p')       TIMESTAMP_LTZ(p) -> TIMESTAMP_LTZ(p')
 * TIME(p) -> TIME(p')   CHAR, VARCHAR(n) -> VARCHAR(n')   BINARY, VARBINARY(n) -> VARBINARY(n')
 * ARRAY(t) -> ARRAY(t')
 * </pre>
 *
 * <p>Not in it, because something would be lost or made up: BIGINT -> DOUBLE (whole numbers above
 * 2^53), DECIMAL -> DOUBLE, TIMESTAMP -> TIMESTAMP_LTZ (which zone?), and anything -> STRING, which
 * loses what the value is and happens only when asked for, see {@code any_to_string}.
 */
public final class Widening {

  private Widening() {}

  /**
   * The least type that holds all values of both, nullable if one of them is; the same for both
   * orders. Empty if there is none.
   */
  public static Optional<LogicalType> join(LogicalType a, LogicalType b) {
    boolean nullable = a.isNullable() || b.isNullable();
    LogicalType left = a.copy(true);
    LogicalType right = b.copy(true);
    LogicalType joined = left.equals(right) ? left : joinDifferent(left, right);
    if (joined == null) {
      joined = joinDifferent(right, left);
    }
    return Optional.ofNullable(joined).map(it -> it.copy(nullable));
  }

  /** Whether every value of {@code narrow} is one of {@code wide}, nulls aside. */
  public static boolean holds(LogicalType wide, LogicalType narrow) {
    return join(wide, narrow).filter(it -> it.copy(true).equals(wide.copy(true))).isPresent();
  }

  /** Tries one order of the two. */
  private static LogicalType joinDifferent(LogicalType a, LogicalType b) {
    return switch (a.getTypeRoot()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT -> joinInteger(a, b);
      case FLOAT -> b.is(LogicalTypeRoot.DOUBLE) ? b : null;
      case DECIMAL ->
          b instanceof DecimalType decimal ? joinDecimals((DecimalType) a, decimal) : null;
      case DATE -> b.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE) ? b : null;
      case TIME_WITHOUT_TIME_ZONE -> sameRoot(a, b) ? new TimeType(precision(a, b)) : null;
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          sameRoot(a, b) ? new TimestampType(precision(a, b)) : null;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          sameRoot(a, b) ? new LocalZonedTimestampType(precision(a, b)) : null;
      case CHAR, VARCHAR ->
          b.isAnyOf(LogicalTypeRoot.CHAR, LogicalTypeRoot.VARCHAR)
              ? new VarCharType(length(a, b))
              : null;
      case BINARY, VARBINARY ->
          b.isAnyOf(LogicalTypeRoot.BINARY, LogicalTypeRoot.VARBINARY)
              ? new VarBinaryType(length(a, b))
              : null;
      case ARRAY ->
          b instanceof ArrayType other
              ? join(((ArrayType) a).getElementType(), other.getElementType())
                  .map(ArrayType::new)
                  .orElse(null)
              : null;
      default -> null;
    };
  }

  private static LogicalType joinInteger(LogicalType integer, LogicalType other) {
    return switch (other.getTypeRoot()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT -> digits(other) >= digits(integer) ? other : integer;
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) other;
        yield decimal(
            Math.max(digits(integer), decimal.getPrecision() - decimal.getScale()),
            decimal.getScale());
      }
      // A float is exact for whole numbers of 24 bits, a double for those of 53.
      case FLOAT ->
          switch (integer.getTypeRoot()) {
            case TINYINT, SMALLINT -> new FloatType();
            case INTEGER -> new DoubleType();
            default -> null;
          };
      case DOUBLE -> integer.is(LogicalTypeRoot.BIGINT) ? null : new DoubleType();
      default -> null;
    };
  }

  private static LogicalType joinDecimals(DecimalType a, DecimalType b) {
    return decimal(
        Math.max(a.getPrecision() - a.getScale(), b.getPrecision() - b.getScale()),
        Math.max(a.getScale(), b.getScale()));
  }

  private static LogicalType decimal(int integerDigits, int scale) {
    return integerDigits + scale <= DecimalType.MAX_PRECISION
        ? new DecimalType(Math.max(1, integerDigits + scale), scale)
        : null;
  }

  /** Decimal digits of an integer type. */
  private static int digits(LogicalType integer) {
    return switch (integer.getTypeRoot()) {
      case TINYINT -> 3;
      case SMALLINT -> 5;
      case INTEGER -> 10;
      default -> 19;
    };
  }

  /** The least type that holds a whole number; null if none does. */
  static LogicalType ofWhole(BigInteger value) {
    int bits = value.bitLength();
    if (bits < Byte.SIZE) {
      return new TinyIntType();
    }
    if (bits < Short.SIZE) {
      return new SmallIntType();
    }
    if (bits < Integer.SIZE) {
      return new IntType();
    }
    if (bits < Long.SIZE) {
      return new BigIntType();
    }
    return decimal(value.abs().toString().length(), 0);
  }

  private static boolean sameRoot(LogicalType a, LogicalType b) {
    return a.getTypeRoot() == b.getTypeRoot();
  }

  private static int precision(LogicalType a, LogicalType b) {
    return Math.max(LogicalTypeChecks.getPrecision(a), LogicalTypeChecks.getPrecision(b));
  }

  private static int length(LogicalType a, LogicalType b) {
    return Math.max(LogicalTypeChecks.getLength(a), LogicalTypeChecks.getLength(b));
  }
}
