package io.millrace.jobs.materialize;

/**
 * How far materializing has come.
 *
 * @param events taken in by all views; zero while the newest event is looked for
 * @param entities computed
 */
public record MaterializeProgress(long events, long entities) {}
