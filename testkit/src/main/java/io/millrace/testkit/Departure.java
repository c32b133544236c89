package io.millrace.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;

/**
 * One flight that left New York, or was cancelled.
 *
 * @param tailnum empty when unknown
 * @param depDelayMinutes absent when cancelled
 * @param arrDelayMinutes absent when cancelled or diverted
 * @param airTimeMinutes absent when cancelled or diverted
 */
public record Departure(
    Instant scheduledAt,
    String carrier,
    int flight,
    String tailnum,
    String origin,
    String dest,
    OptionalInt depDelayMinutes,
    OptionalInt arrDelayMinutes,
    OptionalInt airTimeMinutes,
    int distanceMiles) {

  /** For example {@code UA1545-EWR-20130101T1015}, in UTC; unique over the year. */
  public String flightId() {
    String minute = scheduledAt.truncatedTo(ChronoUnit.MINUTES).toString();
    return carrier
        + flight
        + "-"
        + origin
        + "-"
        + minute.substring(0, 4)
        + minute.substring(5, 7)
        + minute.substring(8, 13)
        + minute.substring(14, 16);
  }

  /** When it left; when it should have left if it was cancelled. */
  public Instant departedAt() {
    return scheduledAt.plus(depDelayMinutes.orElse(0), ChronoUnit.MINUTES);
  }

  public boolean cancelled() {
    return depDelayMinutes.isEmpty();
  }

  /** The record's value in the topic {@code flights}, as its contract says. */
  public byte[] json() {
    StringBuilder json = new StringBuilder(320);
    json.append("{\"flight_id\":\"").append(flightId());
    json.append("\",\"carrier\":\"").append(carrier);
    json.append("\",\"flight\":").append(flight);
    json.append(",\"tailnum\":");
    if (tailnum.isEmpty()) {
      json.append("null");
    } else {
      json.append('"').append(tailnum).append('"');
    }
    json.append(",\"origin\":\"").append(origin);
    json.append("\",\"dest\":\"").append(dest);
    json.append("\",\"scheduled_at\":\"").append(scheduledAt);
    json.append("\",\"departed_at\":\"").append(departedAt());
    json.append("\",\"dep_delay_minutes\":").append(orNull(depDelayMinutes));
    json.append(",\"arr_delay_minutes\":").append(orNull(arrDelayMinutes));
    json.append(",\"air_time_minutes\":").append(orNull(airTimeMinutes));
    json.append(",\"distance_miles\":").append(distanceMiles);
    json.append(",\"cancelled\":").append(cancelled()).append('}');
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String orNull(OptionalInt value) {
    return value.isPresent() ? Integer.toString(value.getAsInt()) : "null";
  }
}
