package io.millrace.jobs.letters;

import io.millrace.records.DeadLetter;

/**
 * A dead letter and where it stands on its topic.
 *
 * @param writtenMillis when it was written, epoch millis
 */
public record StoredLetter(int partition, long offset, long writtenMillis, DeadLetter letter) {

  /** Names the letter among all of its topic: {@code <partition>-<offset>}. */
  public String id() {
    return partition + "-" + offset;
  }
}
