package io.millrace.vectors;

/**
 * A point near another one. A Flink POJO.
 *
 * @param id of the point, a UUID as text
 * @param version of the point when it was found
 * @param contentHash what its vector was made of when it was found, in hex
 * @param similarity cosine of the two vectors, rounded to four digits
 */
public record Neighbour(String id, long version, String contentHash, double similarity) {}
