package io.millrace.bench;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.table.data.RowData;

/** Count, sum, mean, smallest and greatest of a ride's value, as a user would write it. */
final class FiveAggregates
    implements AggregateFunction<RowData, FiveAggregates.Totals, FiveAggregates.Result> {
  private static final long serialVersionUID = 1L;

  /** What has come in so far. */
  public static final class Totals {
    public long count;
    public long sum;
    public int min = Integer.MAX_VALUE;
    public int max = Integer.MIN_VALUE;
  }

  /** The five aggregates. */
  public static final class Result {
    public long count;
    public long sum;
    public double mean;
    public int min;
    public int max;
  }

  @Override
  public Totals createAccumulator() {
    return new Totals();
  }

  @Override
  public Totals add(RowData row, Totals totals) {
    int value = row.getInt(1);
    totals.count++;
    totals.sum += value;
    totals.min = Math.min(totals.min, value);
    totals.max = Math.max(totals.max, value);
    return totals;
  }

  @Override
  public Totals merge(Totals one, Totals other) {
    one.count += other.count;
    one.sum += other.sum;
    one.min = Math.min(one.min, other.min);
    one.max = Math.max(one.max, other.max);
    return one;
  }

  @Override
  public Result getResult(Totals totals) {
    Result result = new Result();
    result.count = totals.count;
    result.sum = totals.sum;
    result.mean = (double) totals.sum / totals.count;
    result.min = totals.min;
    result.max = totals.max;
    return result;
  }
}
