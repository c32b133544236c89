package io.millrace.pipeline;

import java.time.Duration;
import java.util.Optional;

/**
 * How event time is read from a source and how its watermark moves.
 *
 * @param field a timestamp field of the contract; absent: the record's own time (Kafka record
 *     timestamp, commit time of the database change)
 * @param outOfOrderness how far behind the newest event time an event may come and still be on time
 * @param idleAfter a partition silent for this long no longer holds back the watermark; absent:
 *     never
 * @param advanceWhenSilent move the watermark with the wall clock while nothing arrives, so that
 *     features decay on a silent topic. Takes effect only when the newest event was live, never in
 *     a replay of old data.
 */
public record EventTime(
    Optional<String> field,
    Duration outOfOrderness,
    Optional<Duration> idleAfter,
    boolean advanceWhenSilent) {}
