package io.millrace.features.kernel;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.DecimalType;

/** Features that are a number computed from counts and sums. */
final class NumberResults {
  private NumberResults() {}

  /** A feature of type DOUBLE. */
  abstract static class DoubleResult extends FeatureResult {
    private static final long serialVersionUID = 1L;

    @Override
    abstract double toDouble(Cells cells, int cell);

    @Override
    public final boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (isNull(cells, cell)) {
        row.setNullAt(column);
      } else {
        row.writeDouble(column, toDouble(cells, cell));
      }
      return true;
    }
  }

  /** Number of rows or values; never null. */
  static final class Count extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final CountKernel count;

    Count(CountKernel count) {
      this.count = count;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return false;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return count.count(cells, cell);
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      row.writeLong(column, count.count(cells, cell));
      return true;
    }
  }

  /** Sum of integers as BIGINT. */
  static final class LongSum extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final SumKernel sum;

    LongSum(SumKernel sum) {
      this.sum = sum;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return sum.count(cells, cell) == 0 || !sum.fitsLong(cells, cell);
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return sum.toDouble(cells, cell);
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (sum.count(cells, cell) == 0) {
        row.setNullAt(column);
        return true;
      }
      if (!sum.fitsLong(cells, cell)) {
        row.setNullAt(column);
        return false;
      }
      row.writeLong(column, sum.longValue(cells, cell));
      return true;
    }
  }

  /** Sum or mean of decimals, rounded half up to the scale of the result. */
  static final class Decimal extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final SumKernel sum;
    private final int scale;
    private final boolean mean;
    private final int resultScale;

    Decimal(SumKernel sum, int scale, boolean mean, int resultScale) {
      this.sum = sum;
      this.scale = scale;
      this.mean = mean;
      this.resultScale = resultScale;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return sum.count(cells, cell) == 0 || value(cells, cell) == null;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return mean ? sum.mean(cells, cell) : sum.toDouble(cells, cell);
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      boolean empty = sum.count(cells, cell) == 0;
      DecimalData value = empty ? null : value(cells, cell);
      row.writeDecimal(column, value, DecimalType.MAX_PRECISION);
      return empty || value != null;
    }

    /** Null when it takes more than 38 digits. */
    private DecimalData value(Cells cells, int cell) {
      BigDecimal value = new BigDecimal(sum.unscaled(cells, cell), scale);
      if (mean) {
        BigDecimal count = BigDecimal.valueOf(sum.count(cells, cell));
        value = value.divide(count, resultScale, RoundingMode.HALF_UP);
      }
      return DecimalData.fromBigDecimal(value, DecimalType.MAX_PRECISION, resultScale);
    }
  }

  /** Sum of floating-point numbers. */
  static final class DoubleSum extends DoubleResult {
    private static final long serialVersionUID = 1L;
    private final SumKernel sum;

    DoubleSum(SumKernel sum) {
      this.sum = sum;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return sum.count(cells, cell) == 0;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return sum.toDouble(cells, cell);
    }
  }

  /** Arithmetic mean as DOUBLE. */
  static final class Mean extends DoubleResult {
    private static final long serialVersionUID = 1L;
    private final SumKernel sum;

    Mean(SumKernel sum) {
      this.sum = sum;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return sum.count(cells, cell) == 0;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return sum.mean(cells, cell);
    }
  }

  /** Sample variance, or its square root. */
  static final class Variance extends DoubleResult {
    private static final long serialVersionUID = 1L;
    private final SumKernel sum;
    private final SquaresKernel squares;
    private final boolean root;

    Variance(SumKernel sum, SquaresKernel squares, boolean root) {
      this.sum = sum;
      this.squares = squares;
      this.root = root;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return sum.count(cells, cell) < 2;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      double variance = squares.variance(cells, cell, sum);
      return root ? Math.sqrt(variance) : variance;
    }
  }

  /** A quantile. */
  static final class Quantile extends DoubleResult {
    private static final long serialVersionUID = 1L;
    private final QuantileKernel quantiles;
    private final double q;

    Quantile(QuantileKernel quantiles, double q) {
      this.quantiles = quantiles;
      this.q = q;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return quantiles.isEmpty(cells, cell);
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return quantiles.quantile(cells, cell, q);
    }
  }

  /** Approximate number of distinct values; never null. */
  static final class Distinct extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final DistinctKernel distinct;

    Distinct(DistinctKernel distinct) {
      this.distinct = distinct;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return false;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return distinct.estimate(cells, cell);
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      row.writeLong(column, distinct.estimate(cells, cell));
      return true;
    }
  }

  /** Quotient of two features of the same cell; null when either is null or the divisor is 0. */
  static final class Ratio extends DoubleResult {
    private static final long serialVersionUID = 1L;
    private final FeatureResult numerator;
    private final FeatureResult denominator;

    Ratio(FeatureResult numerator, FeatureResult denominator) {
      this.numerator = numerator;
      this.denominator = denominator;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return numerator.isNull(cells, cell)
          || denominator.isNull(cells, cell)
          || denominator.toDouble(cells, cell) == 0;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return numerator.toDouble(cells, cell) / denominator.toDouble(cells, cell);
    }
  }
}
