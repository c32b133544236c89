package io.millrace.evolution;

import io.millrace.contract.VersionedField;
import io.millrace.evolution.Learned.OtherType;
import io.millrace.ingest.Deviation;
import io.millrace.ingest.Widening;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.SchemaChange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;

/**
 * Decides about values whose type is not the contract's: a wider type that holds both makes a new
 * version, where the policy is {@code evolve}; values that conflict become a variant of the field,
 * where variants are wanted; everything else is only told.
 */
final class TypeEvolution {

  private final Evolution evolution;
  private final Map<String, OtherType> found;

  TypeEvolution(Evolution evolution, Map<String, OtherType> found) {
    this.evolution = evolution;
    this.found = new HashMap<>(found);
  }

  Map<String, OtherType> found() {
    return found;
  }

  void observe(Observation seen, long nowMillis) {
    String key = seen.field() + " " + seen.found();
    if (!found.containsKey(key) && found.size() >= Learned.MAX_FIELDS) {
      return;
    }
    OtherType type =
        found.merge(
            key,
            new OtherType(seen.records(), false),
            (one, other) -> new OtherType(one.records() + other.records(), one.said()));
    if (type.said() || type.records() < Evolution.RECORDS_TO_DECIDE) {
      return;
    }
    found.put(key, new OtherType(type.records(), true));
    decide(seen, type.records(), nowMillis);
  }

  private void decide(Observation seen, long records, long nowMillis) {
    Optional<VersionedField> field = evolution.version().field(seen.field());
    Optional<LogicalType> came = parse(seen.found());
    LogicalType stated =
        field.map(VersionedField::type).or(() -> parse(seen.expected())).orElse(null);
    Optional<LogicalType> wider =
        stated == null ? Optional.empty() : came.flatMap(it -> Widening.join(stated, it));
    SchemaChangeText text =
        evolution
            .change(SchemaChange.Kind.TYPE_CHANGE, SchemaChange.Status.NOTICED, seen.field())
            .before(seen.expected())
            .after(seen.found())
            .sample(seen.sample())
            .records(records);
    boolean evolves = evolution.policies().policy(Kind.TYPE_CHANGE, seen.field()) == Policy.EVOLVE;
    if (wider.isPresent() && field.isPresent()) {
      widen(field.get(), wider.get(), evolves, text, nowMillis);
    } else if (seen.outcome() == Deviation.Outcome.CARRIED
        && came.isPresent()
        && field.isPresent()) {
      variant(field.get(), came.get(), text, nowMillis);
    } else {
      evolution.say(
          text.because(
              seen.outcome() == Deviation.Outcome.ADAPTED
                  ? "read as " + seen.expected() + ", as the policy allows"
                  : "no type holds both without loss"),
          nowMillis);
    }
  }

  private void widen(
      VersionedField field,
      LogicalType wider,
      boolean evolves,
      SchemaChangeText text,
      long nowMillis) {
    LogicalType type = wider.copy(field.type().isNullable());
    if (type.equals(field.type())) {
      return;
    }
    text.after(name(type)).because(name(type) + " holds every value of " + name(field.type()));
    if (!evolves) {
      evolution.say(text.status(SchemaChange.Status.SUGGESTED), nowMillis);
    } else if (evolution.policies().dryRun()) {
      evolution.say(text.dryRun(), nowMillis);
    } else {
      apply(field, type, nowMillis);
      evolution.say(text.status(SchemaChange.Status.APPLIED), nowMillis);
    }
  }

  private void variant(
      VersionedField field, LogicalType came, SchemaChangeText text, long nowMillis) {
    String name =
        field.name() + "__" + came.getTypeRoot().name().toLowerCase(java.util.Locale.ROOT);
    if (evolution.policies().dryRun()) {
      evolution.say(text.dryRun(), nowMillis);
      return;
    }
    if (evolution.version().field(name).isEmpty()) {
      evolution.add(
          VersionedField.evolved(
              name,
              came,
              VersionedField.Origin.VARIANT,
              VersionedField.Status.ACTIVE,
              field.classification(),
              nowMillis,
              "",
              1.0),
          nowMillis);
    }
    evolution.say(
        text.status(SchemaChange.Status.APPLIED).because("carried beside the row as " + name),
        nowMillis);
  }

  private void apply(VersionedField field, LogicalType type, long nowMillis) {
    evolution.next(
        field.name() + " is " + name(type) + " by now",
        nowMillis,
        evolution.version().fieldsWith(field.name(), it -> it.withType(type)),
        evolution.version().rejections());
  }

  /** A person has decided about a field's type. */
  void decided(VersionedField field, LogicalType type, long nowMillis) {
    apply(field, type.copy(field.type().isNullable()), nowMillis);
    found.keySet().removeIf(key -> key.startsWith(field.name() + " "));
  }

  static String name(LogicalType type) {
    return type.copy(true).asSummaryString();
  }

  static Optional<LogicalType> parse(String type) {
    try {
      return Optional.of(
          LogicalTypeParser.parse(type, TypeEvolution.class.getClassLoader()).copy(true));
    } catch (RuntimeException notAType) {
      return Optional.empty();
    }
  }
}
