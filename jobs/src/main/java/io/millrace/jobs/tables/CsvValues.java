package io.millrace.jobs.tables;

import io.millrace.ingest.DecodingException;
import io.millrace.ingest.IsoTimes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.Function;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Texts of a table without types as values of columns. */
final class CsvValues {
  private CsvValues() {}

  /**
   * How texts become values of a type, as Flink keeps them in rows.
   *
   * @return throws {@link IllegalArgumentException} for a text that is no such value, saying what
   *     would be one
   */
  static Function<String, Object> parser(LogicalType type) {
    Function<String, Object> parser =
        switch (type.getTypeRoot()) {
          case CHAR, VARCHAR -> StringData::fromString;
          case BOOLEAN -> CsvValues::truth;
          case TINYINT -> Byte::valueOf;
          case SMALLINT -> Short::valueOf;
          case INTEGER -> Integer::valueOf;
          case BIGINT -> Long::valueOf;
          case FLOAT -> Float::valueOf;
          case DOUBLE -> Double::valueOf;
          case DECIMAL -> text -> decimal(text, (DecimalType) type);
          case DATE -> IsoTimes::date;
          case TIME_WITHOUT_TIME_ZONE ->
              text -> IsoTimes.time(text, LogicalTypeChecks.getPrecision(type));
          case TIMESTAMP_WITHOUT_TIME_ZONE ->
              text -> IsoTimes.local(text, LogicalTypeChecks.getPrecision(type));
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
              text -> IsoTimes.instant(text, LogicalTypeChecks.getPrecision(type));
          default ->
              text -> {
                throw new IllegalArgumentException("CSV has no form for it");
              };
        };
    return text -> {
      try {
        return parser.apply(text);
      } catch (NumberFormatException noNumber) {
        throw new IllegalArgumentException(
            "expected " + type.copy(true).asSummaryString(), noNumber);
      } catch (DecodingException refused) {
        throw new IllegalArgumentException(refused.getMessage(), refused);
      }
    };
  }

  private static Boolean truth(String text) {
    if (text.equalsIgnoreCase("true")) {
      return Boolean.TRUE;
    }
    if (text.equalsIgnoreCase("false")) {
      return Boolean.FALSE;
    }
    throw new IllegalArgumentException("expected true or false");
  }

  private static DecimalData decimal(String text, DecimalType type) {
    BigDecimal number;
    try {
      number = new BigDecimal(text).setScale(type.getScale(), RoundingMode.UNNECESSARY);
    } catch (ArithmeticException digits) {
      throw new IllegalArgumentException(
          "expected at most %d digits after the point".formatted(type.getScale()), digits);
    }
    DecimalData decimal = DecimalData.fromBigDecimal(number, type.getPrecision(), type.getScale());
    if (decimal == null) {
      throw new IllegalArgumentException("expected " + type.asSummaryString());
    }
    return decimal;
  }
}
