package io.millrace.evolution;

import io.millrace.contract.ContractVersion.Rejection;
import io.millrace.contract.VersionedField;
import io.millrace.inference.FieldEvidence;
import io.millrace.inference.InferredType;
import io.millrace.ingest.Widening;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange.Kind;
import io.millrace.records.SchemaChange.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/** Does what a control message wants, or answers why it cannot be done. */
final class DecisionByHand {

  private final Evolution evolution;
  private final ControlMessage message;
  private final long nowMillis;
  private final boolean approve;
  private final String field;

  DecisionByHand(Evolution evolution, ControlMessage message, long nowMillis) {
    this.evolution = evolution;
    this.message = message;
    this.nowMillis = nowMillis;
    this.approve = message.action() == ControlMessage.Action.APPROVE;
    this.field = message.field();
  }

  void carryOut() {
    switch (message.subject()) {
      case RENAME -> {
        if (approve) {
          approveRename();
        } else {
          revokeRename();
        }
      }
      case NEW_FIELD -> newField();
      case TYPE -> type();
    }
  }

  private SchemaChangeText answer(Kind kind) {
    return evolution.change(kind, Status.REJECTED, field).by(message.sentBy());
  }

  private void reject(SchemaChangeText text, String why) {
    evolution.say(text.status(Status.REJECTED).because(why), nowMillis);
  }

  private Optional<VersionedField> known(String name) {
    return evolution.version().field(name);
  }

  private void approveRename() {
    SchemaChangeText text = answer(Kind.RENAME).before(message.target()).after(field);
    Optional<VersionedField> other = evolution.version().fieldOfAlias(field);
    if (known(message.target()).filter(VersionedField::isFromFile).isEmpty()) {
      reject(text, "the contract file has no field " + message.target());
    } else if (known(field).filter(VersionedField::isFromFile).isPresent()) {
      reject(text, field + " is a field of the contract file itself");
    } else if (other.filter(it -> !it.name().equals(message.target())).isPresent()) {
      reject(text, "it already stands for " + other.get().name() + "; revoke that first");
    } else {
      evolution
          .open(text, nowMillis)
          .filter(suggested -> suggested.before().equals(message.target()))
          .ifPresent(
              suggested ->
                  text.confidence(suggested.confidence())
                      .because(suggested.reasons())
                      .records(suggested.records())
                      .sample(suggested.sample()));
      evolution.applyRename(field, message.target(), text, message.sentBy(), nowMillis);
    }
  }

  private void revokeRename() {
    String target =
        message.target().isEmpty()
            ? evolution.version().fieldOfAlias(field).map(VersionedField::name).orElse("")
            : message.target();
    SchemaChangeText text = answer(Kind.RENAME).before(target).after(field);
    Optional<VersionedField> renamed = known(target);
    if (renamed.isEmpty()) {
      reject(text, "no field of the contract is sent as " + field);
      return;
    }
    Set<Rejection> rejections = new HashSet<>(evolution.version().rejections());
    rejections.add(new Rejection(field, target));
    evolution.next(
        field + " is not " + target,
        nowMillis,
        evolution.version().fieldsWith(target, it -> it.withoutAlias(field)),
        rejections);
    evolution.decideAnew(field);
    boolean applied = renamed.get().aliases().contains(field);
    evolution.say(text.status(applied ? Status.REVOKED : Status.REFUSED), nowMillis);
  }

  private void newField() {
    SchemaChangeText text = answer(Kind.NEW_FIELD);
    Optional<VersionedField> before = known(field);
    Optional<VersionedField> renamed = evolution.version().fieldOfAlias(field);
    if (before.filter(VersionedField::isFromFile).isPresent()) {
      reject(text, "it is a field of the contract file itself");
      return;
    }
    if (renamed.isPresent()) {
      reject(text, "it stands for " + renamed.get().name() + "; revoke that first");
      return;
    }
    VersionedField.Status status =
        approve ? VersionedField.Status.ACTIVE : VersionedField.Status.REFUSED;
    VersionedField decided =
        before.map(it -> it.withStatus(status)).orElseGet(() -> evolved(status));
    evolution.decided(field);
    evolution.next(
        (approve ? "approved " : "refused ") + field,
        nowMillis,
        replaced(decided),
        evolution.version().rejections());
    boolean revoked = before.filter(VersionedField::isActive).isPresent();
    evolution.say(
        text.after(TypeEvolution.name(decided.type()))
            .confidence(decided.confidence())
            .sample(decided.sample())
            .status(approve ? Status.APPLIED : revoked ? Status.REVOKED : Status.REFUSED),
        nowMillis);
  }

  private VersionedField evolved(VersionedField.Status status) {
    FieldEvidence seen = evolution.evidence(field);
    Optional<InferredType> inferred = seen.inferredType();
    return VersionedField.evolved(
        field,
        inferred.map(InferredType::type).orElse(new VarCharType(VarCharType.MAX_LENGTH)),
        VersionedField.Origin.EVOLVED,
        status,
        "",
        seen.count() == 0 ? nowMillis : seen.firstSeenMillis(),
        Evolution.sample(field, seen),
        inferred.map(InferredType::confidence).orElse(0.0));
  }

  private List<VersionedField> replaced(VersionedField decided) {
    if (known(decided.name()).isPresent()) {
      return evolution.version().fieldsWith(decided.name(), it -> decided);
    }
    List<VersionedField> fields = new ArrayList<>(evolution.version().fields());
    fields.add(decided);
    return fields;
  }

  /** Approves a wider type, or goes back to the one that was stated before. */
  private void type() {
    SchemaChangeText text =
        answer(Kind.TYPE_CHANGE).before(evolution.typeOf(field)).after(message.target());
    Optional<VersionedField> before = known(field);
    Optional<LogicalType> target = TypeEvolution.parse(message.target());
    if (before.isEmpty()) {
      reject(text, "the contract has no such field");
    } else if (target.isEmpty()) {
      reject(text, "not an SQL type: " + message.target());
    } else if (approve && !Widening.holds(target.get(), before.get().type())) {
      reject(
          text,
          "%s does not hold every value of %s"
              .formatted(
                  TypeEvolution.name(target.get()), TypeEvolution.name(before.get().type())));
    } else {
      evolution.types().decided(before.get(), target.get(), nowMillis);
      evolution.say(text.status(approve ? Status.APPLIED : Status.REVOKED), nowMillis);
    }
  }
}
