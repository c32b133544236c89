/**
 * Vectors in Qdrant: writing the points of embedded rows so that replays and disorder leave the
 * same points, and searching them with tenants apart.
 */
package io.millrace.vectors;
