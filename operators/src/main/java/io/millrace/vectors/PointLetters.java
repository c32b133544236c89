package io.millrace.vectors;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.EmbeddedRow;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * Dead letters of points that Qdrant refused. Their raw bytes are the key of the row: the row
 * itself is found in its source, and when it is sent once more, or changes, its point is written.
 * Replaying the letter cannot help.
 *
 * @param place topic or table of the source
 */
public record PointLetters(
    String source, String place, String contract, String contractVersion, String embedding)
    implements Serializable {

  DeadLetter letter(EmbeddedRow row, String why) {
    byte[] key = row.key().getBytes(StandardCharsets.UTF_8);
    return new DeadLetter(
            source,
            DeadLetterReason.REFUSED_BY_STORE,
            "",
            "embedding %s, point %s of key %s: %s"
                .formatted(embedding, row.pointId(), row.key(), why),
            contract,
            contractVersion,
            row.eventTimeMillis(),
            DeadLetter.Coordinates.table(place, -1, key),
            DeadLetter.Raw.of(key).as(DeadLetter.Raw.Content.COLUMNS))
        .ofView(embedding);
  }
}
