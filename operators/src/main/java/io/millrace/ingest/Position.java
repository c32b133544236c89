package io.millrace.ingest;

import io.millrace.records.DeadLetter;

/**
 * Where a record lies in its topic.
 *
 * @param offset in the partition
 */
public record Position(int partition, long offset) {

  /**
   * The position that a dead letter names.
   *
   * @param topic of the source by now
   * @return null when it names none, or one in another topic
   */
  public static Position of(DeadLetter.Coordinates coordinates, String topic) {
    return coordinates.isTable() || !coordinates.isExact() || !coordinates.place().equals(topic)
        ? null
        : new Position(coordinates.partition(), coordinates.position());
  }
}
