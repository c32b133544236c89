package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What the drift, alerts and feedback topics hold: one JSON object a message, whose {@code kind}
 * tells records apart.
 *
 * <pre>{@code
 * <prefix>.drift     {"kind":"column", ...}    DriftResult    key  monitor/window start/segment/column
 *                    {"kind":"dataset", ...}   DriftSummary   key  monitor/window start/segment
 * <prefix>.alerts    {"kind":"data_drift",...} Alert          key  its id
 *                    {"kind":"retraining",...} RetrainingAdvice    retraining/monitor
 * <prefix>.feedback  {"monitor":"m","time":"2013-07-01T10:00:00Z","prediction":12.5,"label":14}
 *                    {"monitor":"m","time":"...","prediction":"cat","label":"dog"}
 *                    {"monitor":"m","time":"...","metric":"auc","value":0.91,"better":"higher"}
 * <prefix>.control   {"about":"drift","monitor":"m","action":"promote","id":"model-7"}
 * }</pre>
 *
 * <p>The keys make each topic an upsert log: what is computed again after a failure replaces
 * itself.
 */
public final class DriftJson {

  private static final String KIND = "kind";
  private static final String ABOUT = "about";
  private static final String COLUMN = "column";
  private static final String DATASET = "dataset";
  private static final String DATA_DRIFT = "data_drift";
  private static final String RETRAINING = "retraining";
  private static final String DRIFT = "drift";

  private DriftJson() {}

  public static byte[] encode(DriftResult result) {
    return RecordJson.encode(KIND, COLUMN, result);
  }

  public static byte[] key(DriftResult result) {
    return key(result.monitor(), result.windowStartMillis(), result.segment(), result.column());
  }

  public static byte[] encode(DriftSummary summary) {
    return RecordJson.encode(KIND, DATASET, summary);
  }

  public static byte[] key(DriftSummary summary) {
    return key(summary.monitor(), summary.windowStartMillis(), summary.segment());
  }

  public static byte[] encode(Alert alert) {
    return RecordJson.encode(KIND, DATA_DRIFT, alert);
  }

  public static byte[] key(Alert alert) {
    return alert.id().getBytes(UTF_8);
  }

  public static byte[] encode(RetrainingAdvice advice) {
    return RecordJson.encode(KIND, RETRAINING, advice);
  }

  public static byte[] key(RetrainingAdvice advice) {
    return (RETRAINING + "/" + advice.monitor()).getBytes(UTF_8);
  }

  public static byte[] encode(DriftControl control) {
    return RecordJson.encode(ABOUT, DRIFT, control);
  }

  private static byte[] key(String monitor, long windowStartMillis, String... rest) {
    return (monitor + "/" + Instant.ofEpochMilli(windowStartMillis) + "/" + String.join("/", rest))
        .getBytes(UTF_8);
  }

  /**
   * A column's result, if the message is one.
   *
   * @throws IllegalArgumentException if it is no record of the drift topic
   */
  public static Optional<DriftResult> result(byte[] message) {
    return of(COLUMN, message, DriftResult.class);
  }

  /**
   * A window's summary, if the message is one.
   *
   * @throws IllegalArgumentException if it is no record of the drift topic
   */
  public static Optional<DriftSummary> summary(byte[] message) {
    return of(DATASET, message, DriftSummary.class);
  }

  /**
   * An alarm, if the message is one.
   *
   * @throws IllegalArgumentException if it is no record of the alerts topic
   */
  public static Optional<Alert> alert(byte[] message) {
    return of(DATA_DRIFT, message, Alert.class);
  }

  /**
   * An advice, if the message is one.
   *
   * @throws IllegalArgumentException if it is no record of the alerts topic
   */
  public static Optional<RetrainingAdvice> advice(byte[] message) {
    return of(RETRAINING, message, RetrainingAdvice.class);
  }

  private static <T> Optional<T> of(String kind, byte[] message, Class<T> type) {
    ObjectNode json = RecordJson.tree(message);
    return json.path(KIND).asText().equals(kind)
        ? Optional.of(RecordJson.decode(json, type))
        : Optional.empty();
  }

  /**
   * An order to a monitor, if the message is one; the control topic has others.
   *
   * @throws IllegalArgumentException if it is a malformed one
   */
  public static Optional<DriftControl> control(byte[] message) {
    ObjectNode json = RecordJson.tree(message);
    if (!json.path(ABOUT).asText().equals(DRIFT)) {
      return Optional.empty();
    }
    String action = text(json, "action");
    for (DriftControl.Action candidate : DriftControl.Action.values()) {
      if (candidate.name().equalsIgnoreCase(action)) {
        return Optional.of(
            new DriftControl(text(json, "monitor"), candidate, json.path("id").asText("")));
      }
    }
    throw new IllegalArgumentException("the action '" + action + "', expected promote or rebuild");
  }

  /**
   * What a message of the feedback topic says.
   *
   * @throws IllegalArgumentException if it says nothing that can be used; the message says why
   */
  public static Feedback feedback(byte[] message) {
    ObjectNode json = RecordJson.tree(message);
    try {
      return new Feedback(
          text(json, "monitor"), loss(json), Instant.parse(text(json, "time")).toEpochMilli());
    } catch (DateTimeParseException malformed) {
      throw new IllegalArgumentException(
          "time: found '"
              + text(json, "time")
              + "', expected an instant such as"
              + " 2013-07-01T10:00:00Z");
    }
  }

  private static double loss(ObjectNode json) {
    JsonNode value = json.path("value");
    if (!value.isMissingNode()) {
      if (!value.isNumber()) {
        throw new IllegalArgumentException("value: found " + value + ", expected a number");
      }
      return switch (text(json, "better")) {
        case "higher" -> -value.doubleValue();
        case "lower" -> value.doubleValue();
        default ->
            throw new IllegalArgumentException(
                "better: found '" + text(json, "better") + "', expected higher or lower");
      };
    }
    JsonNode prediction = json.path("prediction");
    JsonNode label = json.path("label");
    if (prediction.isNumber() && label.isNumber()) {
      return Math.abs(prediction.doubleValue() - label.doubleValue());
    }
    if (prediction.isValueNode()
        && label.isValueNode()
        && !prediction.isNull()
        && !label.isNull()) {
      return prediction.asText().equals(label.asText()) ? 0 : 1;
    }
    throw new IllegalArgumentException(
        "neither value and better nor prediction and label, of which one pair is needed");
  }

  private static String text(ObjectNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("no text '" + name + "'");
    }
    return value.asText();
  }
}
