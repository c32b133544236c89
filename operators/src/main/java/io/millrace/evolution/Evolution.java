package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersion.Rejection;
import io.millrace.contract.ContractVersionJson;
import io.millrace.contract.VersionedField;
import io.millrace.evolution.Learned.NewField;
import io.millrace.inference.FieldEvidence;
import io.millrace.inference.InferredType;
import io.millrace.matching.RenameMatcher;
import io.millrace.matching.RenameSuggestion;
import io.millrace.pii.Mask;
import io.millrace.pii.PiiDetector;
import io.millrace.pii.PiiFinding;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of a source's contract. Knows nothing of Flink's runtime: evidence and
 * messages go in, versions and schema changes come out. NOT thread safe.
 *
 * <ul>
 *   <li>A new field is decided about after {@value #RECORDS_TO_DECIDE} records that have it: then
 *       its type has been seen more than once, and a rename can be told from a coincidence.
 *   <li>It may be a rename of a field of the contract that is missing in at least 95% of the
 *       records that have the new one, while other records mostly have it. {@link RenameMatcher}
 *       scores the pairs. A score of at least {@value #HOLD_BACK} keeps the new field out of the
 *       contract until a person has decided; a lower one is only mentioned.
 *   <li>A field that looks like personal data becomes part of the contract, but its values are not
 *       carried before a person approves.
 * </ul>
 */
final class Evolution {

  /** After so many records with a new field something is decided about it. */
  static final long RECORDS_TO_DECIDE = 10;

  /** From this confidence on a new field waits for the decision about its rename. */
  static final double HOLD_BACK = 0.5;

  private final SchemaDrift policies;
  private final TypeEvolution types;
  private final Map<String, NewField> newFields;
  private final Map<String, FieldEvidence> known;
  private final Map<String, Long> absent;
  private final Map<String, SchemaChange> open;
  private final List<SchemaChange> changes = new ArrayList<>();
  private final ContractVersion before;
  private ContractVersion version;

  Evolution(SchemaDrift policies, Learned learned) {
    this.policies = policies;
    this.version = ContractVersionJson.decode(learned.version().getBytes(StandardCharsets.UTF_8));
    this.before = version;
    this.newFields = new HashMap<>(learned.newFields());
    this.known = new HashMap<>(learned.known());
    this.absent = new HashMap<>(learned.absent());
    this.open = new HashMap<>(learned.open());
    this.types = new TypeEvolution(this, learned.types());
  }

  static Learned of(ContractVersion version) {
    return Learned.nothing(text(version));
  }

  private static String text(ContractVersion version) {
    return new String(ContractVersionJson.encode(version), StandardCharsets.UTF_8);
  }

  /** What is to be remembered. */
  Learned learned() {
    return new Learned(text(version), newFields, known, types.found(), absent, open);
  }

  /** What is to be published since the evolution was made. */
  Decision decision() {
    return new Decision(
        version.equals(before) ? Optional.empty() : Optional.of(version), List.copyOf(changes));
  }

  ContractVersion version() {
    return version;
  }

  TypeEvolution types() {
    return types;
  }

  SchemaDrift policies() {
    return policies;
  }

  void observe(Observation observation, long nowMillis) {
    switch (observation.kind()) {
      case STARTED -> {}
      case KNOWN_FIELD ->
          known.merge(observation.field(), observation.evidence(), FieldEvidence::plus);
      case NEW_FIELD -> newField(observation, nowMillis);
      case TYPE_CHANGE -> types.observe(observation, nowMillis);
      case ABSENT -> absent(observation, nowMillis);
      case RENAMED -> certainRename(observation.field(), observation.expected(), nowMillis);
    }
  }

  /** A version that somebody else has: the greater revision holds. */
  void reconcile(ContractVersion other) {
    if (other.revision() > version.revision()
        || other.revision() == version.revision() && !other.saysTheSameAs(version)) {
      version = other;
      other.fields().forEach(field -> newFields.remove(field.name()));
    }
  }

  private void newField(Observation seen, long nowMillis) {
    String name = seen.field();
    if (version.knows(name)
        || (!newFields.containsKey(name) && newFields.size() >= Learned.MAX_FIELDS)) {
      return;
    }
    NewField field =
        newFields.merge(
            name,
            new NewField(seen.records(), seen.evidence(), seen.absentWith(), RECORDS_TO_DECIDE),
            Evolution::sum);
    if (field.records() < field.decideAt()) {
      return;
    }
    decide(nowMillis);
  }

  private static NewField sum(NewField one, NewField other) {
    Map<String, Long> absentWith = new HashMap<>(one.absentWith());
    other.absentWith().forEach((field, count) -> absentWith.merge(field, count, Long::sum));
    return new NewField(
        one.records() + other.records(),
        one.evidence().plus(other.evidence()),
        absentWith,
        one.decideAt());
  }

  private void absent(Observation seen, long nowMillis) {
    if (absent.size() >= Learned.MAX_FIELDS && !absent.containsKey(seen.field())) {
      return;
    }
    long records = absent.merge(seen.field(), seen.records(), Long::sum);
    if (records >= RECORDS_TO_DECIDE && records - seen.records() < RECORDS_TO_DECIDE) {
      say(
          change(SchemaChange.Kind.FIELD_VANISHED, SchemaChange.Status.NOTICED, seen.field())
              .before(typeOf(seen.field()))
              .because("required, and missing in " + records + " records so far")
              .records(records),
          nowMillis);
    }
  }

  private void decide(long nowMillis) {
    Map<String, NewField> due = new HashMap<>();
    newFields.forEach(
        (name, field) -> {
          if (field.records() >= field.decideAt()) {
            due.put(name, field);
          }
        });
    Map<String, RenameSuggestion> renames = new RenameSearch(version, policies, known).renames(due);
    due.keySet().stream()
        .sorted()
        .forEach(
            name -> {
              NewField field = due.get(name);
              newFields.computeIfPresent(name, (key, it) -> later(it));
              RenameSuggestion rename = renames.get(name);
              if (rename == null || !suggest(rename, field, nowMillis)) {
                admit(name, field, nowMillis);
              }
            });
  }

  /** Looks at a field that stays undecided again when there is twice as much to see. */
  private static NewField later(NewField field) {
    return new NewField(
        field.records(), field.evidence(), field.absentWith(), 2 * Math.max(1, field.records()));
  }

  /**
   * @return whether the new field waits for, or became, the rename
   */
  private boolean suggest(RenameSuggestion rename, NewField field, long nowMillis) {
    SchemaChangeText text =
        change(SchemaChange.Kind.RENAME, SchemaChange.Status.SUGGESTED, rename.to())
            .before(rename.from())
            .after(rename.to())
            .confidence(rename.confidence())
            .because(rename.reasons())
            .sample(sample(rename.to(), field.evidence()))
            .records(field.records());
    boolean apply =
        policies.policy(Kind.RENAME, rename.from()) == Policy.EVOLVE
            && rename.confidence() >= policies.renameThreshold();
    if (apply && !policies.dryRun()) {
      applyRename(rename.to(), rename.from(), text, SchemaChange.BY_POLICY, nowMillis);
      return true;
    }
    say(apply ? text.dryRun() : text, nowMillis);
    return rename.confidence() >= HOLD_BACK;
  }

  void applyRename(String alias, String field, SchemaChangeText text, String by, long nowMillis) {
    List<VersionedField> fields =
        version.fieldsWith(field, it -> it.withAlias(alias)).stream()
            .filter(it -> !it.name().equals(alias))
            .toList();
    Set<Rejection> rejections = new HashSet<>(version.rejections());
    rejections.remove(new Rejection(alias, field));
    next(field + " is also sent as " + alias, nowMillis, fields, rejections);
    newFields.remove(alias);
    absent.remove(field);
    say(text.status(SchemaChange.Status.APPLIED).by(by), nowMillis);
  }

  private void certainRename(String column, String field, long nowMillis) {
    if (version.knows(column)
        || version.field(field).isEmpty()
        || version.rejections().contains(new Rejection(column, field))
        || policies.policy(Kind.RENAME, field) == Policy.IGNORE) {
      return;
    }
    // The source has applied it already: nothing is guessed, so nobody is asked.
    applyRename(
        column,
        field,
        change(SchemaChange.Kind.RENAME, SchemaChange.Status.APPLIED, column)
            .before(field)
            .after(column)
            .because("the database says so: the column kept its number"),
        SchemaChange.BY_POLICY,
        nowMillis);
  }

  /** Makes a new field part of the contract, or says why not. */
  private void admit(String name, NewField field, long nowMillis) {
    Optional<InferredType> inferred = field.evidence().inferredType();
    SchemaChangeText text =
        change(SchemaChange.Kind.NEW_FIELD, SchemaChange.Status.NOTICED, name)
            .after(inferred.map(it -> it.type().asSummaryString()).orElse("unknown"))
            .confidence(inferred.map(InferredType::confidence).orElse(0.0))
            .sample(sample(name, field.evidence()))
            .records(field.records());
    inferred.map(InferredType::note).filter(note -> !note.isEmpty()).ifPresent(text::because);
    if (inferred.isEmpty()) {
      return; // nothing but nulls so far, or no type holds what came: look again later
    }
    if (policies.policy(Kind.NEW_FIELD, name) != Policy.EVOLVE) {
      say(
          text.status(SchemaChange.Status.SUGGESTED)
              .because("policy new_field is " + policies.policy(Kind.NEW_FIELD, name).keyword()),
          nowMillis);
      return;
    }
    if (policies.dryRun()) {
      say(text.dryRun(), nowMillis);
      return;
    }
    if (version.evolved().size() >= ContractVersion.MAX_EVOLVED) {
      say(
          text.because(
              "the contract has %d new fields already; put them into its file first"
                  .formatted(ContractVersion.MAX_EVOLVED)),
          nowMillis);
      return;
    }
    Optional<PiiFinding> pii = PiiDetector.examine(name, field.evidence());
    add(
        VersionedField.evolved(
            name,
            inferred.get().type(),
            VersionedField.Origin.EVOLVED,
            pii.isPresent() ? VersionedField.Status.PENDING : VersionedField.Status.ACTIVE,
            pii.isPresent() ? "pii" : "",
            field.evidence().firstSeenMillis(),
            sample(name, field.evidence()),
            inferred.get().confidence()),
        nowMillis);
    newFields.remove(name);
    say(
        pii.isEmpty()
            ? text.status(SchemaChange.Status.APPLIED)
            : text.status(SchemaChange.Status.SUGGESTED)
                .because(
                    pii.get().reason() + ": its values are not carried until somebody approves"),
        nowMillis);
  }

  void add(VersionedField field, long nowMillis) {
    List<VersionedField> fields = new ArrayList<>(version.fields());
    fields.removeIf(it -> it.name().equals(field.name()));
    fields.add(field);
    next("new field " + field.name(), nowMillis, fields, version.rejections());
  }

  /** A value for people; personal ones only in their shape. */
  static String sample(String name, FieldEvidence evidence) {
    if (evidence.sample().isEmpty()) {
      return "";
    }
    String sample = evidence.sample().get(0);
    return PiiDetector.examine(name, evidence).isPresent() ? Mask.mask(sample) : sample;
  }

  void obey(ControlMessage message, long nowMillis) {
    if (!version.controls().contains(message.id())) {
      new DecisionByHand(this, message, nowMillis).carryOut();
      version = version.withControl(message.id());
    }
  }

  /** The suggestion or remark about a subject that stands. */
  Optional<SchemaChange> open(SchemaChangeText text, long nowMillis) {
    return Optional.ofNullable(open.get(text.of(version, nowMillis).subject()));
  }

  /** What was seen of a field that is not decided. */
  FieldEvidence evidence(String newField) {
    return newFields.containsKey(newField)
        ? newFields.get(newField).evidence()
        : FieldEvidence.none();
  }

  /** A field was held back and is to be decided anew. */
  void decideAnew(String newField) {
    newFields.computeIfPresent(
        newField,
        (name, it) ->
            new NewField(it.records(), it.evidence(), it.absentWith(), RECORDS_TO_DECIDE));
  }

  void decided(String newField) {
    newFields.remove(newField);
  }

  void next(String why, long nowMillis, List<VersionedField> fields, Set<Rejection> rejections) {
    version = version.next(why, nowMillis, fields, rejections);
  }

  String typeOf(String field) {
    return version.field(field).map(it -> it.type().copy(true).asSummaryString()).orElse("");
  }

  SchemaChangeText change(SchemaChange.Kind kind, SchemaChange.Status status, String field) {
    return new SchemaChangeText(version.source(), kind, status, field);
  }

  /** Publishes what is news. */
  void say(SchemaChangeText text, long nowMillis) {
    SchemaChange change = text.of(version, nowMillis);
    SchemaChange last = open.get(change.subject());
    boolean isOpen =
        change.status() == SchemaChange.Status.SUGGESTED
            || change.status() == SchemaChange.Status.NOTICED;
    if (isOpen && last != null && isOldNews(last, change)) {
      return;
    }
    changes.add(change);
    if (change.status() == SchemaChange.Status.REJECTED) {
      return;
    }
    if (!isOpen) {
      open.remove(change.subject());
    } else if (last != null || open.size() < Learned.MAX_FIELDS) {
      open.put(change.subject(), change);
    }
  }

  /** A suggestion is repeated when it has become clearly better or worse. */
  private static boolean isOldNews(SchemaChange last, SchemaChange change) {
    return last.status() == change.status()
        && last.before().equals(change.before())
        && last.after().equals(change.after())
        && Math.abs(last.confidence() - change.confidence()) < 0.05;
  }
}
