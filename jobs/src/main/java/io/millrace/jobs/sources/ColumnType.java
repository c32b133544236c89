package io.millrace.jobs.sources;

import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Type of a Postgres column, as far as it decides whether values can become a contract's type.
 *
 * @param name in {@code pg_type}, for example {@code int4}
 * @param modifier {@code atttypmod}: for times the fractional digits, -1 for all six
 * @param declared as a person writes it, for example {@code timestamp(3) with time zone}
 */
record ColumnType(String name, boolean isEnum, boolean isArray, int modifier, String declared) {

  private static final Set<String> WHOLE = Set.of("int2", "int4", "int8", "numeric");
  private static final Set<String> REAL = Set.of("float4", "float8", "int2", "int4", "numeric");
  private static final Set<String> NOT_TEXT =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "float4",
          "float8",
          "numeric",
          "money",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "bytea");
  private static final int ALL_DIGITS = 6;

  /** Why values of this column do not become values of {@code type}, if so. */
  Optional<String> misfit(LogicalType type) {
    boolean fits =
        switch (type.getTypeRoot()) {
          case BOOLEAN -> name.equals("bool");
          case TINYINT, SMALLINT, INTEGER, BIGINT -> WHOLE.contains(name);
          case FLOAT -> name.equals("float4");
          case DOUBLE -> REAL.contains(name);
          case DECIMAL -> WHOLE.contains(name);
          case CHAR, VARCHAR -> isEnum || (!NOT_TEXT.contains(name) && !isArray);
          case BINARY, VARBINARY -> name.equals("bytea");
          case DATE -> name.equals("date");
          case TIME_WITHOUT_TIME_ZONE -> name.equals("time");
          case TIMESTAMP_WITHOUT_TIME_ZONE -> name.equals("timestamp");
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> name.equals("timestamptz");
          case ARRAY -> isArray;
          case ROW -> name.equals("json") || name.equals("jsonb");
          default -> false;
        };
    if (!fits) {
      return Optional.of("values of the one do not become the other; change the contract's type");
    }
    return switch (type.getTypeRoot()) {
      case TIME_WITHOUT_TIME_ZONE, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          lostDigits(LogicalTypeChecks.getPrecision(type));
      default -> Optional.empty();
    };
  }

  private Optional<String> lostDigits(int kept) {
    int digits = modifier < 0 ? ALL_DIGITS : modifier;
    return digits <= kept
        ? Optional.empty()
        : Optional.of(
            "the column has %d fractional digits, the contract keeps %d, and nothing is rounded;"
                    .formatted(digits, kept)
                + " raise the contract's precision to "
                + digits);
  }
}
