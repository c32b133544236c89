package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.millrace.jobs.consistency.ConsistencyResult;
import io.millrace.online.FeatureComparison.Difference;
import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRoundJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What comparisons have found, for people and for programs. */
final class ConsistencyText {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance))
          .build();

  private ConsistencyText() {}

  static String text(String view, ConsistencyResult result) {
    StringBuilder text = new StringBuilder(examples(result));
    result.histories().forEach(from -> text.append("history     %s%n".formatted(from)));
    text.append("entities    %,d in the store%n".formatted(result.entities()));
    return text.append(
            ("view=%s compared=%d values=%d equal=%d different=%d missing=%d"
                    + " not_yet_in_history=%d changed_meanwhile=%d%n")
                .formatted(
                    view,
                    result.compared(),
                    result.values(),
                    result.equal(),
                    result.different(),
                    result.missing(),
                    result.notYetInHistory(),
                    result.changedMeanwhile()))
        .toString();
  }

  /** A table of the first entities that are not equal, with an empty line behind it; or nothing. */
  static String examples(ConsistencyResult result) {
    if (result.examples().isEmpty()) {
      return "";
    }
    TextTable table = new TextTable("entity", "at", "feature", "served", "by the history");
    for (ConsistencyResult.Example example : result.examples()) {
      for (Difference each : example.differences()) {
        table.add(example.entity(), example.at(), each.feature(), each.stored(), each.expected());
      }
      if (example.differences().isEmpty()) {
        table.add(example.entity(), example.at(), "all", "", "unknown to it");
      }
    }
    return table + System.lineSeparator();
  }

  static String json(String view, ConsistencyResult result) {
    ObjectNode node = JSON.createObjectNode().put("view", view);
    node.setAll((ObjectNode) JSON.valueToTree(result));
    return node + System.lineSeparator();
  }

  /** A round in one line. */
  static String line(ConsistencyRound round) {
    String at = Instant.ofEpochMilli(round.atMillis()).truncatedTo(ChronoUnit.SECONDS).toString();
    if (round.outcome() == ConsistencyRound.Outcome.FAILED) {
      return "%s view=%s failed: %s%n".formatted(at, round.view(), round.failure());
    }
    return ("%s view=%s compared=%d values=%d equal=%d different=%d missing=%d"
            + " not_yet_in_history=%d changed_meanwhile=%d entities=%d seconds=%.1f%n")
        .formatted(
            at,
            round.view(),
            round.compared(),
            round.values(),
            round.equal(),
            round.different(),
            round.missing(),
            round.notYetInHistory(),
            round.changedMeanwhile(),
            round.entities(),
            round.durationMillis() / 1e3);
  }

  static String json(ConsistencyRound round) {
    return new String(ConsistencyRoundJson.encode(round), UTF_8) + System.lineSeparator();
  }
}
