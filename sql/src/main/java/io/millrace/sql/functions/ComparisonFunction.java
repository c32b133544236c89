package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.sql.functions.ComparedValues.Rest;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;

/**
 * An aggregate {@code F(value, is_reference)} that holds the values of some rows against those of a
 * reference. Rows where either argument is null are left out, as SQL's aggregates do, and so is
 * NaN; the result is null while one of the two sides has no value.
 *
 * @param <R> result
 */
public abstract class ComparisonFunction<R> extends TallyFunction<R> {
  private static final long serialVersionUID = 1L;

  private static final ComparedValues ANY_VALUES =
      arguments(true, "it compares numbers, points in time, strings and truth values");
  private static final ComparedValues NUMBERS =
      arguments(
          false,
          "it compares numbers and points in time; for names there are PSI, JS_DISTANCE and"
              + " CHI2_P_VALUE");

  private static ComparedValues arguments(boolean names, String cure) {
    return new ComparedValues(
        List.of(new Rest("is_reference", DataTypes.BOOLEAN(), null, null)), 0, names, true, cure);
  }

  /** Whether names are compared, too. */
  boolean takesNames() {
    return true;
  }

  @Override
  ComparedValues input() {
    return takesNames() ? ANY_VALUES : NUMBERS;
  }

  @Override
  DataType output() {
    return DataTypes.DOUBLE();
  }

  /** The result where both sides have rows; null where they have nothing to compare. */
  abstract R compare(ColumnTally reference, ColumnTally current);

  @Override
  public R getValue(Tallies tallies) {
    return tallies.reference().isPresent() && tallies.current().isPresent()
        ? compare(tallies.reference().get(), tallies.current().get())
        : null;
  }

  public void accumulate(Tallies tallies, Double value, Boolean isReference) {
    count(tallies, value, isReference, 1);
  }

  public void accumulate(Tallies tallies, StringData value, Boolean isReference) {
    count(tallies, value, isReference, 1);
  }

  public void accumulate(Tallies tallies, Boolean value, Boolean isReference) {
    count(tallies, value, isReference, 1);
  }

  public void accumulate(Tallies tallies, Integer value, Boolean isReference) {
    count(tallies, value, isReference, 1);
  }

  public void accumulate(Tallies tallies, TimestampData value, Boolean isReference) {
    count(tallies, value, isReference, 1);
  }

  public void retract(Tallies tallies, Double value, Boolean isReference) {
    count(tallies, value, isReference, -1);
  }

  public void retract(Tallies tallies, StringData value, Boolean isReference) {
    count(tallies, value, isReference, -1);
  }

  public void retract(Tallies tallies, Boolean value, Boolean isReference) {
    count(tallies, value, isReference, -1);
  }

  public void retract(Tallies tallies, Integer value, Boolean isReference) {
    count(tallies, value, isReference, -1);
  }

  public void retract(Tallies tallies, TimestampData value, Boolean isReference) {
    count(tallies, value, isReference, -1);
  }

  private static void count(Tallies tallies, Number value, Boolean isReference, long times) {
    if (value != null && isReference != null) {
      tallies.count(value.doubleValue(), isReference, times);
    }
  }

  private static void count(Tallies tallies, Object name, Boolean isReference, long times) {
    if (name != null && isReference != null) {
      tallies.count(name.toString(), isReference, times);
    }
  }

  private static void count(Tallies tallies, TimestampData at, Boolean isReference, long times) {
    count(tallies, at == null ? null : (Number) at.getMillisecond(), isReference, times);
  }
}
