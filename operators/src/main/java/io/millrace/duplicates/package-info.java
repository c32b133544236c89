/**
 * Duplicates among the rows of an embedding, while the rows pass: which rows are compared, what is
 * thought of each pair, and which rows are the same thing.
 */
package io.millrace.duplicates;
