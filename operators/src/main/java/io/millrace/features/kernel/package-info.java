/**
 * Partial aggregates as pure arithmetic over rows: what can be added, merged and taken out again.
 * Nothing here knows of Flink's state, time or operators.
 */
package io.millrace.features.kernel;
