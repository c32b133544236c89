package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersion.Rejection;
import io.millrace.contract.VersionedField;
import io.millrace.evolution.Learned.NewField;
import io.millrace.inference.FieldEvidence;
import io.millrace.matching.FieldCandidate;
import io.millrace.matching.RenameMatcher;
import io.millrace.matching.RenameSuggestion;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds fields of a contract that new fields may have taken the place of: those that are missing in
 * the records that have the new one, while others mostly have them. So a rename is found while old
 * and new producers still send side by side. {@link RenameMatcher} scores what remains.
 */
final class RenameSearch {

  /** A renamed field is missing from this share of the records that have the new name, or more. */
  static final double MISSING_SHARE = 0.95;

  /** Optional fields that are null more often than this can vanish without anybody noticing. */
  static final double MOSTLY_THERE = 0.5;

  /** Values of a known field that say enough about it. */
  private static final long KNOWN_ENOUGH = 20;

  private final ContractVersion version;
  private final SchemaDrift policies;
  private final Map<String, FieldEvidence> known;
  private final RenameMatcher matcher = new RenameMatcher();

  RenameSearch(ContractVersion version, SchemaDrift policies, Map<String, FieldEvidence> known) {
    this.version = version;
    this.policies = policies;
    this.known = known;
  }

  /** The suggestion for each new field that has one, by its name. */
  Map<String, RenameSuggestion> renames(Map<String, NewField> due) {
    Map<String, RenameSuggestion> byNewName = new HashMap<>();
    List<FieldCandidate> appeared = new ArrayList<>();
    Map<String, FieldCandidate> vanished = new HashMap<>();
    due.forEach(
        (name, field) -> {
          List<VersionedField> gone =
              version.fields().stream().filter(it -> isGone(it, name, field)).toList();
          if (!gone.isEmpty()) {
            appeared.add(FieldCandidate.unknown(name, field.evidence()));
            gone.forEach(
                it ->
                    vanished.put(
                        it.name(),
                        FieldCandidate.known(
                            it.name(),
                            it.type(),
                            known.getOrDefault(it.name(), FieldEvidence.none()))));
          }
        });
    if (appeared.isEmpty()) {
      return byNewName;
    }
    for (RenameSuggestion suggestion : matcher.suggest(List.copyOf(vanished.values()), appeared)) {
      VersionedField field = version.field(suggestion.from()).orElseThrow();
      if (isGone(field, suggestion.to(), due.get(suggestion.to()))) {
        byNewName.put(suggestion.to(), suggestion);
      }
    }
    return byNewName;
  }

  /** Whether records with the new field do without this one, and others do not. */
  private boolean isGone(VersionedField field, String newName, NewField newField) {
    if (!field.isFromFile()
        || policies.policy(Kind.RENAME, field.name()) == Policy.IGNORE
        || version.rejections().contains(new Rejection(newName, field.name()))) {
      return false;
    }
    long examined = newField.evidence().count();
    long missing = newField.absentWith().getOrDefault(field.name(), 0L);
    if (examined == 0 || missing < MISSING_SHARE * examined) {
      return false;
    }
    FieldEvidence values = known.getOrDefault(field.name(), FieldEvidence.none());
    return field.isRequired()
        || values.count() < KNOWN_ENOUGH
        || values.present() >= MOSTLY_THERE * values.count();
  }
}
