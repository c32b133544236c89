package io.millrace.records;

import java.util.HexFormat;

/**
 * A dead letter that a running job is to take in again.
 *
 * <p>It is a Flink POJO: no field falls to Kryo.
 *
 * @param letterId where the letter stands on its topic, {@code <partition>-<offset>}
 * @param letter with its whole raw bytes, also when the letter on the topic had only their
 *     beginning
 */
public record Replay(String letterId, DeadLetter letter) {

  /**
   * What is replayed at most once: the record at its coordinates, or, where a letter does not name
   * a single record, the letter itself. A record that is refused again has the same identity, and
   * greater {@link DeadLetter.Coordinates#replays}.
   */
  public String identity() {
    DeadLetter.Coordinates at = letter.coordinates();
    if (!at.isExact()) {
      return letter.source() + "/letter/" + letterId;
    }
    String lane = at.isTable() ? "key/" + HexFormat.of().formatHex(at.key()) : "" + at.partition();
    return letter.source() + "/" + at.place() + "/" + lane + "/" + at.position();
  }
}
