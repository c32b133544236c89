package io.millrace.drift;

import io.millrace.records.DriftResult;

/**
 * A column's window on its way to the decision about the data set. A Flink POJO.
 *
 * @param result not decided yet: its outcome is BASELINE, or STABLE when there was something to
 *     compare with
 * @param late rows that came too late for any window since the window before; 0 in segments
 */
public record ColumnWindow(DriftResult result, long late) {}
