package io.millrace.jobs.cli;

import io.millrace.jobs.duplicates.DuplicateLog.FoundCluster;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicateJson;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Pairs and clusters as tables for people, and as JSON lines for programs. */
final class DuplicatesText {

  private DuplicatesText() {}

  /** A line per pair: its score, its rows, and what speaks for and against. */
  static String table(List<DuplicatePair> pairs) {
    TextTable table = new TextTable("SCORE", "ROW", "ROW", "BECAUSE");
    for (DuplicatePair pair : pairs) {
      table.add(
          String.format(Locale.ROOT, "%.4f", pair.score()),
          pair.keyA(),
          pair.keyB(),
          because(pair));
    }
    return table.toString();
  }

  private static String because(DuplicatePair pair) {
    String similarity =
        Double.isNaN(pair.similarity())
            ? ""
            : String.format(Locale.ROOT, "similarity %.4f", pair.similarity());
    String fields =
        pair.reasons().stream().map(DuplicatesText::because).collect(Collectors.joining(", "));
    return fields + (fields.isEmpty() || similarity.isEmpty() ? "" : ", ") + similarity;
  }

  private static String because(Reason reason) {
    String values =
        reason.a().isEmpty() && reason.b().isEmpty()
            ? ""
            : reason.a().equals(reason.b())
                ? " \"" + reason.a() + "\""
                : " \"" + reason.a() + "\" ~ \"" + reason.b() + "\"";
    return String.format(
        Locale.ROOT, "%s %s%s %+.1f", reason.field(), reason.agreement(), values, reason.weight());
  }

  /** A line per cluster: its size, the row that represents it, and the others. */
  static String clusters(List<FoundCluster> clusters) {
    TextTable table = new TextTable("ROWS", "REPRESENTED BY", "DUPLICATES");
    for (FoundCluster cluster : clusters) {
      List<ClusterMember> members = cluster.members();
      table.add(
          members.size(),
          members.get(0).representativeKey(),
          members.stream()
              .filter(ClusterMember::representedByAnother)
              .map(ClusterMember::key)
              .collect(Collectors.joining(" ")));
    }
    return table.toString();
  }

  /** The records of the topics, one a line. */
  static String json(List<DuplicatePair> pairs, List<FoundCluster> clusters) {
    StringBuilder lines = new StringBuilder();
    pairs.forEach(pair -> append(lines, DuplicateJson.encode(pair)));
    clusters.forEach(
        cluster ->
            cluster.members().forEach(member -> append(lines, DuplicateJson.encode(member))));
    return lines.toString();
  }

  private static void append(StringBuilder lines, byte[] json) {
    lines.append(new String(json, StandardCharsets.UTF_8)).append(System.lineSeparator());
  }
}
