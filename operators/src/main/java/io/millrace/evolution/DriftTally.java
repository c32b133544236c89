package io.millrace.evolution;

import io.millrace.inference.FieldEvidence;
import io.millrace.inference.FieldProfile;
import io.millrace.ingest.Deviation;
import io.millrace.ingest.Drift;
import io.millrace.pipeline.SchemaDrift.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds up how the records of one subtask differ from their contract, so that a flood of drifting
 * records becomes a trickle of {@link Observation}s.
 *
 * <p>Bounded between two drains: {@value #MAX_ENTRIES} fields, of which the values of {@value
 * #MAX_VALUES} records each are looked at; further records are only counted. NOT thread safe.
 */
final class DriftTally {

  static final int MAX_ENTRIES = 200;
  static final int MAX_VALUES = 200;

  private final String source;
  private final Map<String, NewField> newFields = new LinkedHashMap<>();
  private final Map<String, Other> others = new LinkedHashMap<>();
  private final Map<String, FieldProfile> known = new HashMap<>();
  private final List<Observation> renamed = new ArrayList<>();
  private final Set<String> interesting = new HashSet<>();

  private static final class NewField {
    private final FieldProfile profile = new FieldProfile();
    private final Map<String, Long> absentWith = new HashMap<>();
    private Deviation last;
    private long records;
  }

  private static final class Other {
    private final Observation.Kind kind;
    private final Deviation first;
    private long records;

    Other(Observation.Kind kind, Deviation first) {
      this.kind = kind;
      this.first = first;
    }
  }

  DriftTally(String source) {
    this.source = source;
  }

  /** Takes in a record that differs from its contract. */
  void add(Drift drift, long timeMillis) {
    for (Deviation deviation : drift.deviations()) {
      switch (deviation.kind()) {
        case NEW_FIELD -> newField(drift, deviation, timeMillis);
        case TYPE_CHANGE -> other(Observation.Kind.TYPE_CHANGE, deviation);
        case MISSING_FIELD, NULL_IN_REQUIRED -> other(Observation.Kind.ABSENT, deviation);
        case RENAME ->
            renamed.add(Observation.renamed(source, deviation.field(), deviation.expected()));
        case QUALITY -> {}
      }
    }
  }

  private void newField(Drift drift, Deviation deviation, long timeMillis) {
    NewField field = newFields.get(deviation.field());
    if (field == null) {
      if (newFields.size() >= MAX_ENTRIES) {
        return;
      }
      field = new NewField();
      newFields.put(deviation.field(), field);
    }
    field.records++;
    field.last = deviation;
    if (field.profile.count() >= MAX_VALUES || !observe(field.profile, deviation, timeMillis)) {
      return;
    }
    drift.absent().forEach(absent -> missing(absent, deviation.field()));
    for (Deviation other : drift.deviations()) {
      if (other.kind() == Kind.MISSING_FIELD) {
        missing(other.field(), deviation.field());
      }
    }
  }

  private void missing(String absent, String newField) {
    newFields.get(newField).absentWith.merge(absent, 1L, Long::sum);
    interesting.add(absent);
  }

  /** A sample that was cut off is no JSON any more, but the beginning of a text still is a text. */
  private static boolean observe(FieldProfile profile, Deviation deviation, long timeMillis) {
    String json = deviation.sample();
    if (json.isEmpty()) {
      return false;
    }
    if (json.length() >= Deviation.MAX_SAMPLE && json.startsWith("\"")) {
      int end = json.length() - 8;
      while (json.charAt(end - 1) == '\\') {
        end--;
      }
      json = json.substring(0, end) + "\"";
    }
    try {
      profile.observe(json, timeMillis);
      return true;
    } catch (IllegalArgumentException cutOff) {
      return false;
    }
  }

  private void other(Observation.Kind kind, Deviation deviation) {
    String key = kind + " " + deviation.field() + " " + deviation.found();
    Other other = others.get(key);
    if (other == null) {
      if (others.size() >= MAX_ENTRIES) {
        return;
      }
      other = new Other(kind, deviation);
      others.put(key, other);
    }
    other.records++;
  }

  /**
   * Takes in a value of a field that the contract has.
   *
   * @param json {@code null} when the record has none
   */
  void addKnown(String field, String json, long timeMillis) {
    known.computeIfAbsent(field, name -> new FieldProfile()).observe(json, timeMillis);
  }

  boolean isEmpty() {
    return newFields.isEmpty() && others.isEmpty() && renamed.isEmpty();
  }

  /**
   * All that came since the last drain, then begins anew.
   *
   * @param withKnown also hand over the values of known fields that no new field seems to replace
   */
  List<Observation> drain(boolean withKnown) {
    List<Observation> drained = new ArrayList<>(renamed);
    renamed.clear();
    List.copyOf(known.keySet()).stream()
        .filter(field -> withKnown || interesting.contains(field))
        .sorted()
        .forEach(
            field -> drained.add(Observation.known(source, field, known.remove(field).evidence())));
    newFields.forEach(
        (name, field) ->
            drained.add(
                observation(
                    Observation.Kind.NEW_FIELD,
                    field.last,
                    field.records,
                    field.profile.evidence(),
                    field.absentWith)));
    others
        .values()
        .forEach(
            other ->
                drained.add(
                    observation(
                        other.kind, other.first, other.records, FieldEvidence.none(), Map.of())));
    newFields.clear();
    others.clear();
    interesting.clear();
    return drained;
  }

  private Observation observation(
      Observation.Kind kind,
      Deviation deviation,
      long records,
      FieldEvidence evidence,
      Map<String, Long> absentWith) {
    return new Observation(
        source,
        kind,
        deviation.field(),
        deviation.found(),
        deviation.expected(),
        deviation.sample(),
        deviation.outcome(),
        records,
        evidence,
        Map.copyOf(absentWith));
  }
}
