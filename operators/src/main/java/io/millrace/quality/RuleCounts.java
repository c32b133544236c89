package io.millrace.quality;

/**
 * Part of what is counted of one rule in one window; parts add up. A Flink POJO.
 *
 * @param rule name of the rule
 * @param windowStartMillis first millisecond of the window
 * @param checked records held against the rule
 * @param failed records that broke it
 */
public record RuleCounts(String rule, long windowStartMillis, long checked, long failed) {}
