package io.millrace.inference;

import org.apache.flink.table.types.logical.LogicalType;

/**
 * The type that fits what was seen.
 *
 * @param type nullable: a field that came unannounced may stay away again
 * @param confidence that the next value fits the type: {@code (fitting + 1) / (present + 2)},
 *     Laplace's rule of succession, so that three values that fit give 0.8 and ninety-eight 0.99
 * @param nullsSeen whether a null came
 * @param note what a person should know before settling on the type, for example that all numbers
 *     could be epoch milliseconds; may be empty
 */
public record InferredType(LogicalType type, double confidence, boolean nullsSeen, String note) {}
