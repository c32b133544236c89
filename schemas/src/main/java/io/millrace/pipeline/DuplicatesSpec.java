package io.millrace.pipeline;

/**
 * How duplicates are found among the rows of an embedding.
 *
 * @param threshold similarity from which on two rows are the same thing, from 0 to 1
 */
public record DuplicatesSpec(double threshold) {}
