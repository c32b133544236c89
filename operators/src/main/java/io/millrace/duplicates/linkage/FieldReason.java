package io.millrace.duplicates.linkage;

/**
 * What one field says about a pair. Holds no value of the records.
 *
 * @param level how far the values agree, see {@link Comparison#levels()}; {@code missing} when one
 *     of them is unknown
 * @param bits log2 of the factor by which the field changes the odds: positive speaks for a match
 */
public record FieldReason(String field, String level, double bits) {}
