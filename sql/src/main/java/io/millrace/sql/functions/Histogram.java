package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.TallyStatistics;
import io.millrace.sql.functions.ComparedValues.Rest;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;

/**
 * {@code HISTOGRAM(value[, bins])}: how values are distributed, as an array of rows {@code (label,
 * low, high, n)}, ten unless said otherwise.
 *
 * <ul>
 *   <li>Numbers: bins of equal width from the smallest to the greatest; {@code low} belongs to a
 *       bin, {@code high} to the next one, and of the last bin to it. Exact up to {@value
 *       Tallies#LIMIT} different numbers; beyond that numbers nearer to an edge than a cell is wide
 *       may be on its other side. NaN and infinities are left out.
 *   <li>Strings and truth values: the most frequent ones, and in a last row whose label is null all
 *       others; {@code low} and {@code high} are null. Exact up to {@value Tallies#NAMES} different
 *       ones; of more, those with the smallest hashes have their exact counts.
 * </ul>
 *
 * <p>Null values are left out; null where there is no value.
 */
public final class Histogram extends TallyFunction<Row[]> {
  private static final long serialVersionUID = 1L;

  private static final double DEFAULT_BINS = 10;

  private static final ComparedValues ARGUMENTS =
      new ComparedValues(
          List.of(new Rest("bins", DataTypes.INT(), 1.0, 1_000.0)),
          1,
          true,
          false,
          "a histogram is of numbers, strings or truth values");

  @Override
  ComparedValues input() {
    return ARGUMENTS;
  }

  @Override
  DataType output() {
    return DataTypes.ARRAY(
        DataTypes.ROW(
            DataTypes.FIELD("label", DataTypes.STRING()),
            DataTypes.FIELD("low", DataTypes.DOUBLE()),
            DataTypes.FIELD("high", DataTypes.DOUBLE()),
            DataTypes.FIELD("n", DataTypes.BIGINT())));
  }

  public void accumulate(Tallies tallies, Double value) {
    count(tallies, value, DEFAULT_BINS, 1);
  }

  public void accumulate(Tallies tallies, Double value, Integer bins) {
    count(tallies, value, bins, 1);
  }

  public void accumulate(Tallies tallies, StringData value) {
    count(tallies, value, DEFAULT_BINS, 1);
  }

  public void accumulate(Tallies tallies, StringData value, Integer bins) {
    count(tallies, value, bins, 1);
  }

  public void accumulate(Tallies tallies, Boolean value) {
    count(tallies, value, DEFAULT_BINS, 1);
  }

  public void accumulate(Tallies tallies, Boolean value, Integer bins) {
    count(tallies, value, bins, 1);
  }

  public void retract(Tallies tallies, Double value) {
    count(tallies, value, DEFAULT_BINS, -1);
  }

  public void retract(Tallies tallies, Double value, Integer bins) {
    count(tallies, value, bins, -1);
  }

  public void retract(Tallies tallies, StringData value) {
    count(tallies, value, DEFAULT_BINS, -1);
  }

  public void retract(Tallies tallies, StringData value, Integer bins) {
    count(tallies, value, bins, -1);
  }

  public void retract(Tallies tallies, Boolean value) {
    count(tallies, value, DEFAULT_BINS, -1);
  }

  public void retract(Tallies tallies, Boolean value, Integer bins) {
    count(tallies, value, bins, -1);
  }

  private static void count(Tallies tallies, Double value, double bins, long times) {
    if (value != null) {
      tallies.setParameter(bins);
      tallies.count(value, false, times);
    }
  }

  private static void count(Tallies tallies, Object name, double bins, long times) {
    if (name != null) {
      tallies.setParameter(bins);
      tallies.count(name.toString(), false, times);
    }
  }

  @Override
  public Row[] getValue(Tallies tallies) {
    if (tallies.current().isEmpty()) {
      return null;
    }
    ColumnTally values = tallies.current().get();
    int bins = (int) tallies.parameter();
    List<Row> rows = values.kind() == ColumnKind.NUMBER ? bins(values, bins) : names(values, bins);
    return rows.isEmpty() ? null : rows.toArray(new Row[0]);
  }

  private static List<Row> bins(ColumnTally numbers, int bins) {
    return TallyStatistics.histogram(numbers, bins).stream()
        .map(
            bin ->
                Row.of(
                    "%s to %s".formatted(bin.lower(), bin.upper()),
                    bin.lower(),
                    bin.upper(),
                    bin.count()))
        .toList();
  }

  private static List<Row> names(ColumnTally tally, int most) {
    TallyStatistics.Names names = TallyStatistics.names(tally, most);
    List<Row> rows = new ArrayList<>();
    names.listed().forEach(name -> rows.add(Row.of(name.getKey(), null, null, name.getValue())));
    if (names.others() > 0) {
      rows.add(Row.of(null, null, null, names.others()));
    }
    return rows;
  }
}
