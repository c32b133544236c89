package io.millrace.duplicates;

import java.util.List;

/**
 * State of a row's key: what was told of the row. A Flink POJO.
 *
 * @param blocks in which the row is a member
 * @param owned the block of its own neighbourhood; empty without neighbours
 * @param visited blocks in which the row is a guest
 */
public record KnownRow(
    String tenant, long version, List<String> blocks, String owned, List<String> visited) {

  public KnownRow {
    blocks = List.copyOf(blocks);
    visited = List.copyOf(visited);
  }
}
