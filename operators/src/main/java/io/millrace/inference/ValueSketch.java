package io.millrace.inference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How the values of a field are distributed, small enough to be kept for every field: a sample of
 * numbers (times are numbers, too), the frequent values, and the shapes and lengths of strings.
 * Mergeable; a Flink state record of at most some 20 KB.
 *
 * @param numbers uniform sample, in the order of {@code numberRanks}
 * @param numberRanks unsigned, ascending; what makes samples mergeable
 * @param numbersSeen how many the sample stands for
 * @param frequent the most frequent values, cut to {@value #MAX_TEXT} characters; counts are at
 *     most {@code valuesSeen / 128} too low, never too high
 * @param valuesSeen how many {@code frequent} stands for
 * @param shapes the most frequent shapes of strings, see {@link Shapes}
 * @param lengths how many strings have the length of the index; the last one those beyond, too
 */
public record ValueSketch(
    double[] numbers,
    long[] numberRanks,
    long numbersSeen,
    Map<String, Long> frequent,
    long valuesSeen,
    Map<String, Long> shapes,
    long[] lengths) {

  static final int NUMBERS = 256;
  static final int FREQUENT = 128;
  static final int SHAPES = 32;
  static final int LENGTHS = 65;
  static final int MAX_TEXT = 64;

  public static ValueSketch none() {
    return new ValueSketch(new double[0], new long[0], 0, Map.of(), 0, Map.of(), new long[LENGTHS]);
  }

  /** All that was seen here and there. */
  public ValueSketch plus(ValueSketch other) {
    NumberSample sample = new NumberSample(NUMBERS);
    sample.add(numbers, numberRanks, numbersSeen);
    sample.add(other.numbers, other.numberRanks, other.numbersSeen);
    long[] sum = Arrays.copyOf(lengths, LENGTHS);
    for (int i = 0; i < Math.min(sum.length, other.lengths.length); i++) {
      sum[i] += other.lengths[i];
    }
    return new ValueSketch(
        sample.numbers(),
        sample.ranks(),
        sample.seen(),
        merged(frequent, other.frequent, FREQUENT),
        valuesSeen + other.valuesSeen,
        merged(shapes, other.shapes, SHAPES),
        sum);
  }

  /** How many of the values were strings. */
  public long textsSeen() {
    return Arrays.stream(lengths).sum();
  }

  /** The numbers of the sample in ascending order. */
  public double[] sortedNumbers() {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static Map<String, Long> merged(
      Map<String, Long> here, Map<String, Long> there, int capacity) {
    FrequentTexts both = new FrequentTexts(capacity);
    both.add(new HashMap<>(here));
    both.add(there);
    return both.counts();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueSketch that
        && Arrays.equals(numbers, that.numbers)
        && Arrays.equals(numberRanks, that.numberRanks)
        && numbersSeen == that.numbersSeen
        && frequent.equals(that.frequent)
        && valuesSeen == that.valuesSeen
        && shapes.equals(that.shapes)
        && Arrays.equals(lengths, that.lengths);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(numbers) + frequent.hashCode();
  }

  /** Values may be personal: none is printed. */
  @Override
  public String toString() {
    return "ValueSketch[values=" + valuesSeen + ", numbers=" + numbersSeen + "]";
  }
}
