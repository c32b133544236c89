package io.millrace.drift;

import io.millrace.records.RetrainingAdvice;
import java.time.Instant;
import java.util.List;

/** Makes up the mind whether a model should be trained anew. */
final class Advice {
  private Advice() {}

  /**
   * The advice as things stand.
   *
   * @param atMillis event time of what changed
   */
  static RetrainingAdvice of(String monitor, AlarmTrack alarm, LossTrack loss, long atMillis) {
    boolean drift = alarm.open();
    if (drift && loss.risen()) {
      return new RetrainingAdvice(
          monitor,
          true,
          RetrainingAdvice.Cause.DATA_DRIFT_AND_PERFORMANCE,
          drift(alarm) + ", and " + loss.text(),
          Math.min(alarm.onsetMillis(), loss.sinceMillis()),
          atMillis,
          alarm.worst());
    }
    if (drift) {
      return new RetrainingAdvice(
          monitor,
          true,
          RetrainingAdvice.Cause.DATA_DRIFT,
          drift(alarm),
          alarm.onsetMillis(),
          atMillis,
          alarm.worst());
    }
    if (loss.risen()) {
      return new RetrainingAdvice(
          monitor,
          true,
          RetrainingAdvice.Cause.PERFORMANCE,
          loss.text() + ", though the watched columns have not drifted",
          loss.sinceMillis(),
          atMillis,
          List.of());
    }
    return new RetrainingAdvice(
        monitor,
        false,
        RetrainingAdvice.Cause.RECOVERED,
        "the watched columns are as the reference, and the loss is as it was",
        -1,
        atMillis,
        List.of());
  }

  private static String drift(AlarmTrack alarm) {
    return AlarmTrack.text(alarm.worst()) + " since " + Instant.ofEpochMilli(alarm.onsetMillis());
  }
}
