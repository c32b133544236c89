package io.millrace.duplicates;

import io.millrace.vectors.Neighbour;
import java.util.List;

/**
 * A row that Qdrant shows, with the points that were near it. A Flink POJO.
 *
 * @param deleted whether the row is no more; of {@code row} its id, tenant and version count then
 * @param neighbours nearest first
 */
public record FoundRow(CandidateRow row, boolean deleted, List<Neighbour> neighbours) {}
