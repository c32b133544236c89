package io.millrace.drift.statistics;

/**
 * One statistic of one column and window.
 *
 * @param value as the literature defines it; NaN where it is not defined
 * @param effect how large the difference is, free of what chance alone adds in small samples, on
 *     the scale its threshold in {@link EffectThresholds} has
 * @param pValue probability of a difference at least this large between two samples of the same
 *     distribution; NaN where no test was made
 * @param errorBound the value is off by at most this; 0 where it is exact for the values that came
 */
public record Measure(
    Statistic statistic, double value, double effect, double pValue, double errorBound) {}
