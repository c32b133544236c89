package io.millrace.records;

import org.apache.flink.table.data.RowData;

/**
 * The features of one entity at one time. Which view it belongs to and the names and types of its
 * columns are those of the stream it travels in, see {@link FeatureSchema}.
 *
 * <p>{@code (eventTimeMillis, revision)} is the version: of two vectors of one entity the one with
 * the greater version is the newer one, and vectors of equal version follow one another in the
 * order in which they were emitted.
 *
 * @param entity a row of {@link FeatureSchema#entity()}
 * @param values a row of {@link FeatureSchema#values()}; null when deleted
 * @param eventTimeMillis the newest moment (event or decay) that the values take in, epoch millis
 * @param revision how many changes of the entity the values take in
 * @param deleted the entity is no more
 */
public record FeatureVector(
    RowData entity, RowData values, long eventTimeMillis, long revision, boolean deleted) {}
