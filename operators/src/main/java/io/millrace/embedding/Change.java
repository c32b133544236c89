package io.millrace.embedding;

import java.util.List;
import org.apache.flink.table.data.RowData;

/** A row on its way through an {@link EmbeddingOperator}. Used by the task's thread only. */
final class Change {
  static final long NO_TIME = Long.MIN_VALUE;

  final RowData key;
  final RowData row;

  /** Event time in milliseconds, or {@link #NO_TIME}. */
  final long timeMillis;

  /** Place among all rows of the subtask. */
  final long sequence;

  long version;
  String tenant = "";
  String contentHash;
  RowData payload;
  long payloadHash;

  /** What is encoded, once it is known that it must be. */
  List<String> texts;

  private Encoding[] encodings;
  private int missing;

  Change(RowData key, RowData row, long timeMillis, long sequence) {
    this.key = key;
    this.row = row;
    this.timeMillis = timeMillis;
    this.sequence = sequence;
  }

  boolean hasTime() {
    return timeMillis != NO_TIME;
  }

  void expect(List<String> wanted) {
    texts = wanted;
    encodings = new Encoding[wanted.size()];
    missing = wanted.size();
  }

  /** Whether all texts have their encoding now. */
  boolean receive(int index, Encoding encoding) {
    encodings[index] = encoding;
    return --missing == 0;
  }

  Encoding encoding(int index) {
    return encodings[index];
  }

  /** Why the row cannot be embedded; null when it can. */
  String refusal() {
    for (Encoding encoding : encodings) {
      if (encoding.isRefused()) {
        return encoding.refusal();
      }
    }
    return null;
  }
}
