package io.millrace.drift;

import io.millrace.records.Feedback;
import java.time.Instant;
import java.util.Locale;

/**
 * Whether the loss of a model has risen: the test of Page and Hinkley (E. S. Page, "Continuous
 * inspection schemes", Biometrika 41, 1954) on the losses as they arrive, in standard deviations of
 * the losses so far, so that it needs no units of its own. A rise is the moment at which the sum of
 * deviations above {@value #TOLERATED} has come {@value #LIMIT} above its lowest point; it is said
 * to have begun at that point. Deviations beyond {@value #CLIP} count as that much: one outlier is
 * no rise. With a constant distribution that is a false alarm in some 100,000 losses; a rise by one
 * standard deviation is found after about 40.
 *
 * <p>After a rise the mean before it stays the measure, and the loss has recovered when its moving
 * average is below {@value #TOLERATED} again.
 *
 * <p>Immutable, and a Flink POJO.
 *
 * @param count losses so far, up to the rise
 * @param mean of them
 * @param squares sum of their squared deviations
 * @param sum of deviations above the tolerated
 * @param lowest point of the sum
 * @param lowestMillis time of the loss after the lowest point
 * @param level moving average of the deviation since the rise
 */
public record LossTrack(
    long count,
    double mean,
    double squares,
    double sum,
    double lowest,
    long lowestMillis,
    boolean risen,
    long sinceMillis,
    double level) {

  static final LossTrack NEW = new LossTrack(0, 0, 0, 0, 0, -1, false, -1, 0);

  /** Losses before anything is said. */
  private static final int LEARNING = 30;

  private static final double TOLERATED = 0.2;
  private static final double LIMIT = 30;
  private static final double CLIP = 4;

  /** Weight of a loss in the moving average. */
  private static final double NEWEST = 0.02;

  LossTrack next(Feedback feedback) {
    double loss = feedback.loss();
    if (!Double.isFinite(loss)) {
      return this;
    }
    double deviation = count < LEARNING ? 0 : deviation(loss);
    if (risen) {
      double now = level + NEWEST * (deviation - level);
      return now < TOLERATED
          ? NEW.learn(loss, 0, feedback.timeMillis())
          : new LossTrack(count, mean, squares, sum, lowest, lowestMillis, true, sinceMillis, now);
    }
    LossTrack learnt = learn(loss, deviation, feedback.timeMillis());
    if (learnt.sum - learnt.lowest <= LIMIT) {
      return learnt;
    }
    // What came since the lowest point is the rise, not the measure.
    return new LossTrack(
        count, mean, squares, sum, lowest, lowestMillis, true, learnt.lowestMillis, 1);
  }

  private double deviation(double loss) {
    double spread = Math.sqrt(squares / (count - 1));
    double z = spread > 0 ? (loss - mean) / spread : Math.signum(loss - mean) * CLIP;
    return Math.max(-CLIP, Math.min(CLIP, z));
  }

  private LossTrack learn(double loss, double deviation, long timeMillis) {
    double change = loss - mean;
    double newMean = mean + change / (count + 1);
    double newSum = count < LEARNING ? 0 : sum + deviation - TOLERATED;
    boolean low = newSum <= lowest || lowestMillis == -1;
    return new LossTrack(
        count + 1,
        newMean,
        squares + change * (loss - newMean),
        newSum,
        low ? newSum : lowest,
        low ? timeMillis : lowestMillis,
        false,
        -1,
        0);
  }

  /** For people. */
  String text() {
    return String.format(
        Locale.ROOT,
        "the loss has risen above its mean of %.4g since %s",
        mean,
        Instant.ofEpochMilli(sinceMillis));
  }
}
