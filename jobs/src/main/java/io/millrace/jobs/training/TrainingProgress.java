package io.millrace.jobs.training;

/**
 * How far a training set has come.
 *
 * @param events taken in by all views
 * @param rows written
 * @param allRows that will be
 */
public record TrainingProgress(long events, long rows, long allRows) {}
