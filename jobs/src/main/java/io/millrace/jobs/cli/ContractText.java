package io.millrace.jobs.cli;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.Field;
import io.millrace.contract.VersionedField;
import io.millrace.records.SchemaChange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;

/** Contracts and their changes, in words. */
final class ContractText {

  private ContractText() {}

  /** A line about something that waits for a decision. */
  static String suggestion(SchemaChange change) {
    String what =
        switch (change.kind()) {
          case RENAME ->
              "%s.%s looks like %s under another name"
                  .formatted(change.source(), change.after(), change.before());
          case TYPE_CHANGE ->
              "%s.%s comes as %s instead of %s"
                  .formatted(change.source(), change.field(), change.after(), change.before());
          default -> "%s.%s is new (%s)".formatted(change.source(), change.field(), change.after());
        };
    String sample = change.sample().isEmpty() ? "" : ", for example " + change.sample();
    return "%s: %.0f%% sure, seen in %,d records%s"
        .formatted(what, 100 * change.confidence(), change.records(), sample);
  }

  /** The answer to a control message. */
  static String answer(SchemaChange change) {
    String what = change.source() + "." + change.field();
    return switch (change.status()) {
      case APPLIED ->
          switch (change.kind()) {
            case RENAME -> what + " is read as " + change.before();
            case TYPE_CHANGE -> what + " is " + change.after();
            default -> what + " is carried along as " + change.after();
          };
      case REVOKED -> what + " is taken back";
      case REFUSED -> what + " is refused, and will not be suggested again";
      case REJECTED ->
          "not done: " + (change.reasons().isEmpty() ? "no reason given" : change.reasons().get(0));
      case NOTICED, SUGGESTED -> what + " waits";
    };
  }

  static String fields(ContractVersion version) {
    TextTable table =
        new TextTable("FIELD", "TYPE", "REQUIRED", "ALSO SENT AS", "SINCE", "STATUS", "SAMPLE");
    for (VersionedField field : version.fields()) {
      table.add(
          field.name(),
          type(field.type()),
          field.isRequired() ? "yes" : "",
          String.join(", ", field.aliases()),
          field.isFromFile() ? "file" : day(field.firstSeenMillis()),
          field.isFromFile() ? "" : status(field),
          field.sample());
    }
    return table.toString();
  }

  private static String status(VersionedField field) {
    return switch (field.status()) {
      case ACTIVE -> field.origin() == VersionedField.Origin.VARIANT ? "variant" : "carried";
      case PENDING -> "waits (%s)".formatted(field.classification());
      case REFUSED -> "refused";
    };
  }

  /** What a version says beyond the file: one line each. */
  static List<String> difference(Contract file, ContractVersion version) {
    List<String> lines = new ArrayList<>();
    for (VersionedField field : version.fields()) {
      Field stated = file.field(field.name()).orElse(null);
      if (stated == null) {
        lines.add(
            "+ %s %s  %s since %s, %.0f%% sure%s"
                .formatted(
                    field.name(),
                    type(field.type()),
                    status(field),
                    day(field.firstSeenMillis()),
                    100 * field.confidence(),
                    field.sample().isEmpty() ? "" : ", for example " + field.sample()));
        continue;
      }
      if (!stated.type().equals(field.type())) {
        lines.add("~ %s %s -> %s".formatted(field.name(), type(stated.type()), type(field.type())));
      }
      field.aliases().stream()
          .filter(alias -> !stated.aliases().contains(alias))
          .forEach(alias -> lines.add("= %s is also sent as %s".formatted(field.name(), alias)));
    }
    version.rejections().stream()
        .map(it -> "! %s is not %s".formatted(it.alias(), it.field()))
        .sorted()
        .forEach(lines::add);
    return lines;
  }

  private static String type(LogicalType type) {
    return type.copy(true).asSummaryString();
  }

  private static String day(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
