package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.records.SchemaChange;
import java.util.ArrayList;
import java.util.List;

/** A schema change that is being put into words; the version is filled in when it is said. */
final class SchemaChangeText {

  private final String source;
  private final SchemaChange.Kind kind;
  private final String field;
  private SchemaChange.Status status;
  private String before = "";
  private String after = "";
  private double confidence = 1.0;
  private final List<String> reasons = new ArrayList<>();
  private String sample = "";
  private long records;
  private String decidedBy = SchemaChange.BY_POLICY;

  SchemaChangeText(
      String source, SchemaChange.Kind kind, SchemaChange.Status status, String field) {
    this.source = source;
    this.kind = kind;
    this.status = status;
    this.field = field;
  }

  SchemaChangeText status(SchemaChange.Status now) {
    status = now;
    return this;
  }

  SchemaChangeText before(String text) {
    before = text;
    return this;
  }

  SchemaChangeText after(String text) {
    after = text;
    return this;
  }

  /** Two digits are more than enough of a guess. */
  SchemaChangeText confidence(double share) {
    confidence = Math.round(share * 100) / 100.0;
    return this;
  }

  SchemaChangeText because(String reason) {
    reasons.add(reason);
    return this;
  }

  SchemaChangeText because(List<String> more) {
    reasons.addAll(more);
    return this;
  }

  SchemaChangeText sample(String json) {
    sample = json;
    return this;
  }

  SchemaChangeText records(long count) {
    records = count;
    return this;
  }

  SchemaChangeText by(String person) {
    decidedBy = person;
    return this;
  }

  SchemaChangeText dryRun() {
    status = SchemaChange.Status.NOTICED;
    return because("a dry run: without it the contract would change");
  }

  SchemaChange of(ContractVersion version, long nowMillis) {
    return new SchemaChange(
        source,
        kind,
        status,
        field,
        before,
        after,
        confidence,
        reasons,
        sample,
        records,
        version.label(),
        version.revision(),
        decidedBy,
        nowMillis);
  }
}
