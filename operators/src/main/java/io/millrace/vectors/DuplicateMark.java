package io.millrace.vectors;

/**
 * What a point is to say about who represents its row. A Flink POJO.
 *
 * @param id of the point, a UUID as text
 * @param version of the point that is meant; a newer one is marked by itself
 * @param duplicateOf key of the row that represents it, as a JSON object; empty for none
 */
public record DuplicateMark(String id, long version, String duplicateOf) {}
