/**
 * Data drift in streams: windows of columns held against their references, the decision about the
 * data set, alarms and advice. The statistics are in {@link io.millrace.drift.statistics}.
 */
package io.millrace.drift;
