/**
 * Many values in little room: quantile and distinct-count sketches, the hashes and the
 * variable-length numbers they are written with. Arithmetic only, deterministic, with a byte
 * format.
 */
package io.millrace.sketch;
