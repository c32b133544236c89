package io.millrace.records;

/**
 * How a prediction of the model that a monitor watches over turned out.
 *
 * @param loss greater is worse: the absolute error of a number, 0 or 1 for right or wrong, or a
 *     metric of the user's own turned so that greater is worse
 * @param timeMillis event time, epoch millis
 */
public record Feedback(String monitor, double loss, long timeMillis) {}
