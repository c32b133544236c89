/**
 * Statistics that compare a column's window with its reference: grids, counts on them, distances,
 * p-values and the decision that counts as drift. Arithmetic only: knows no state, no time and no
 * stream.
 */
package io.millrace.drift.statistics;
