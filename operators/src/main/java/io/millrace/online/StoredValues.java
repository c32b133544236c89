package io.millrace.online;

import java.time.Instant;

/**
 * The features of one entity without their names, as a lookup of many has them: see {@link
 * StoredFeatures}.
 *
 * @param values in the order of the schema, not to be changed
 */
record StoredValues(Object[] values, Instant eventTime, long revision) {}
