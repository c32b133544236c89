package io.millrace.drift.statistics;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Sums of numbers and of their squares around a centre, in fixed point, so that they are the same
 * to the last bit whatever the order, can be merged and taken back. A value counts as z = (value -
 * centre) / unit, where the unit is the power of two above the reference's standard deviation; z is
 * rounded to 2<sup>-30</sup>, z<sup>2</sup> to 2<sup>-20</sup>. A value farther than {@value
 * #FARTHEST} units counts as that far.
 *
 * <p>Also what lies beyond the reference's range: the sums of the distances to it, which the
 * Wasserstein distance needs.
 *
 * <p>Bytes: four sums of 128 bits: z, its squares, distances below, distances above; then smallest
 * and greatest as doubles. NOT thread safe.
 */
final class Moments {
  static final double FARTHEST = 65_536;

  private static final double SUM_SCALE = 0x1p30;
  private static final double SQUARE_SCALE = 0x1p20;

  /** So many sums of one kind fit a long: 2^46 and 2^52 a value. */
  static final int BLOCK = 1024;

  private final double center;
  private final double unit;
  private final double inverse;
  private Sum128 sum = new Sum128();
  private Sum128 squares = new Sum128();
  private Sum128 below = new Sum128();
  private Sum128 above = new Sum128();
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  Moments(NumberGrid grid) {
    double spread = grid.standardDeviation() > 0 ? grid.standardDeviation() : Math.abs(grid.mean());
    int exponent = spread > 0 ? Math.getExponent(spread) + 1 : 0;
    this.center = grid.mean();
    this.unit = Math.scalb(1.0, Math.max(-1000, Math.min(1000, exponent)));
    this.inverse = 1 / unit;
  }

  double center() {
    return center;
  }

  double inverse() {
    return inverse;
  }

  static double clamp(double z) {
    return Math.max(-FARTHEST, Math.min(FARTHEST, z));
  }

  static long fixed(double clamped) {
    return (long) Math.rint(clamped * SUM_SCALE);
  }

  static long fixedSquare(double clamped) {
    return (long) Math.rint(clamped * clamped * SQUARE_SCALE);
  }

  /** Adds what up to {@link #BLOCK} values came to. */
  void addBlock(long fixedSum, long fixedSquares, double smallest, double greatest) {
    sum.add(fixedSum);
    squares.add(fixedSquares);
    cover(smallest, greatest);
  }

  void add(double value, long times) {
    double z = clamp((value - center) * inverse);
    sum.addTimes(fixed(z), times);
    squares.addTimes(fixedSquare(z), times);
  }

  void addBelow(double distance, long times) {
    below.addTimes(fixed(clamp(distance * inverse)), times);
  }

  void addAbove(double distance, long times) {
    above.addTimes(fixed(clamp(distance * inverse)), times);
  }

  void cover(double smallest, double greatest) {
    min = Math.min(min, smallest);
    max = Math.max(max, greatest);
  }

  double min() {
    return min <= max ? min : Double.NaN;
  }

  double max() {
    return min <= max ? max : Double.NaN;
  }

  double mean(long count) {
    return count <= 0 ? Double.NaN : center + sum.toDouble() / SUM_SCALE / count * unit;
  }

  /** Of the sample: squares are divided by n - 1. */
  double variance(long count) {
    if (count < 2) {
      return Double.NaN;
    }
    double total = sum.toDouble() / SUM_SCALE;
    double around = squares.toDouble() / SQUARE_SCALE - total / count * total;
    return Math.max(0, around / (count - 1)) * unit * unit;
  }

  /** Sum of the distances of what lies below the reference to its smallest value. */
  double distanceBelow() {
    return below.toDouble() / SUM_SCALE * unit;
  }

  /** Sum of the distances of what lies above the reference to its greatest value. */
  double distanceAbove() {
    return above.toDouble() / SUM_SCALE * unit;
  }

  void merge(Moments other) {
    sum.add(other.sum);
    squares.add(other.squares);
    below.add(other.below);
    above.add(other.above);
    cover(other.min, other.max);
  }

  /** Takes the sums of the other out; smallest and greatest stay. */
  void subtract(Moments other) {
    sum.subtract(other.sum);
    squares.subtract(other.squares);
    below.subtract(other.below);
    above.subtract(other.above);
  }

  void write(DataOutputView out) throws IOException {
    sum.write(out);
    squares.write(out);
    below.write(out);
    above.write(out);
    out.writeDouble(min);
    out.writeDouble(max);
  }

  void read(DataInputView in) throws IOException {
    sum = Sum128.read(in);
    squares = Sum128.read(in);
    below = Sum128.read(in);
    above = Sum128.read(in);
    min = in.readDouble();
    max = in.readDouble();
  }
}
