package io.millrace.vectors;

import java.util.Map;
import java.util.UUID;

/**
 * A point that a search found.
 *
 * @param score cosine of the angle between the text searched for and the row's, from -1 to 1; 1 is
 *     the same direction
 * @param key the row's key as a JSON object
 * @param tenant whose point it is; empty when there are none
 * @param chunk number of the piece of the row's text, from 0
 * @param text what was embedded
 * @param payload the row's fields in the order of the pipeline file; nulls are left out. Values are
 *     strings, longs, doubles, booleans, and lists and maps of them
 */
public record FoundPoint(
    double score,
    UUID id,
    String key,
    String tenant,
    int chunk,
    String text,
    Map<String, Object> payload) {}
