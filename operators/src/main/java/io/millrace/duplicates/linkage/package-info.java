/**
 * Who is the same: comparing two records field by field, weighing the agreements after Fellegi and
 * Sunter, learning the weights without labels, and keeping clusters of matches. Pure arithmetic
 * over texts; nothing here knows of Flink's state, time or operators.
 */
package io.millrace.duplicates.linkage;
