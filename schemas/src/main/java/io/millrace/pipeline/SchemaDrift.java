package io.millrace.pipeline;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a source does with records that differ from its contract.
 *
 * @param policies of the source; kinds that are missing have their defaults
 * @param renameThreshold a rename scored above it is applied where the policy is {@link
 *     Policy#EVOLVE}; within 0 and 1
 * @param coercions forms in which values may be read although the contract states another
 * @param variants whether a value of a conflicting type, where {@code type_change} is {@code
 *     evolve}, travels beside the row as {@code <field>__<type>} instead of the record being
 *     quarantined
 * @param dryRun report what would be done, and treat records as if every policy were strict
 * @param fields policies of single fields, by dotted path; a field without its own has those of the
 *     nearest field around it, then those of the source
 */
public record SchemaDrift(
    Map<Kind, Policy> policies,
    double renameThreshold,
    Set<Coercion> coercions,
    boolean variants,
    boolean dryRun,
    Map<String, Map<Kind, Policy>> fields)
    implements Serializable {

  public static final double DEFAULT_RENAME_THRESHOLD = 0.9;

  /** What happens where the pipeline file says nothing. */
  public static final SchemaDrift DEFAULT =
      new SchemaDrift(Map.of(), DEFAULT_RENAME_THRESHOLD, Coercion.DEFAULT, false, false, Map.of());

  /** How a record can differ from its contract; in the pipeline file in lower case. */
  public enum Kind {
    /** A field that the contract does not know. */
    NEW_FIELD(Policy.EVOLVE, Policy.IGNORE, Policy.DISCARD_ROW, Policy.QUARANTINE, Policy.FAIL),
    /** A value that is not of the contract's type as it stands. */
    TYPE_CHANGE(
        Policy.EVOLVE, Policy.DISCARD_VALUE, Policy.DISCARD_ROW, Policy.QUARANTINE, Policy.FAIL),
    /** A required field that is absent. */
    MISSING_FIELD(Policy.QUARANTINE, Policy.DISCARD_VALUE, Policy.DISCARD_ROW, Policy.FAIL),
    /** A required field that is null. */
    NULL_IN_REQUIRED(Policy.QUARANTINE, Policy.DISCARD_VALUE, Policy.DISCARD_ROW, Policy.FAIL),
    /** A field that vanished while another one appeared that looks like it. */
    RENAME(Policy.SUGGEST, Policy.EVOLVE, Policy.IGNORE),
    /** A value that breaks a quality rule of the contract. */
    QUALITY(
        Policy.QUARANTINE, Policy.DISCARD_ROW, Policy.DISCARD_VALUE, Policy.IGNORE, Policy.FAIL);

    private final List<Policy> allowed;

    /** The default comes first. */
    Kind(Policy... allowed) {
      this.allowed = List.of(allowed);
    }

    /** The policies that mean something for this kind, the default first. */
    public List<Policy> allowed() {
      return allowed;
    }

    public Policy byDefault() {
      return allowed.get(0);
    }

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is done about a difference; in the pipeline file in lower case. */
  public enum Policy {
    /** Adapt where that loses nothing: carry a new field along, widen a type, apply a rename. */
    EVOLVE,
    /** Only count it: the new field is dropped, the broken rule overlooked. */
    IGNORE,
    /**
     * Drop the value: the field is null. Where the row has no room for a null, in required fields
     * whose absence is not to be discarded too and in the primary key, quarantine.
     */
    DISCARD_VALUE,
    /** Drop the record, and count it. */
    DISCARD_ROW,
    /** The record becomes a dead letter, which can be replayed. */
    QUARANTINE,
    /** The job fails. */
    FAIL,
    /** Publish a suggestion that a person approves or revokes. */
    SUGGEST;

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A form other than the contract's that a value may be read from. Each use is reported. None
   * loses anything, except {@link #TRUNCATE_SUBSECONDS}.
   */
  public enum Coercion {
    /** {@code "12"} where a number is expected, as a JSON numeral without spaces. */
    NUMERIC_STRINGS,
    /**
     * {@code 12.0} and {@code 1e3} where an integer is expected: the same number, as JSON Schema
     * has it too, and what data frames make of integers in a column with a gap. On by default.
     */
    INTEGRAL_FLOATS,
    /** {@code 0} and {@code 1} where a boolean is expected. */
    BOOLEAN_NUMBERS,
    /** {@code "true"} and {@code "false"}, in any case, where a boolean is expected. */
    BOOLEAN_STRINGS,
    /** A number from 1e8 up to 1e10 is a time in seconds since 1970. */
    EPOCH_SECONDS,
    /**
     * A number from 1e11 up to 1e13 is a time in milliseconds since 1970. For a timestamp with
     * local time zone, which may be milliseconds anyway, any number is.
     */
    EPOCH_MILLIS,
    /** A number from 1e14 up to 1e16 is a time in microseconds since 1970. */
    EPOCH_MICROS,
    /**
     * A date or time in another ISO form than the contract's: without a zone it is UTC, with a zone
     * it is converted to UTC, and a date is its midnight.
     */
    ISO_TIMESTAMPS,
    /**
     * Digits of a second beyond the contract's precision are cut off: clocks print more of them
     * than anybody asked for. On by default.
     */
    TRUNCATE_SUBSECONDS,
    /** Any value is taken as its JSON text where a string is expected. */
    ANY_TO_STRING;

    /** Those that every producer's library may bring about by itself. */
    static final Set<Coercion> DEFAULT = Set.of(INTEGRAL_FLOATS, TRUNCATE_SUBSECONDS);

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SchemaDrift {
    policies = complete(policies);
    coercions = Set.copyOf(coercions);
    fields =
        fields.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, it -> Map.copyOf(it.getValue())));
    policies.forEach(SchemaDrift::requireAllowed);
    fields.values().forEach(own -> own.forEach(SchemaDrift::requireAllowed));
    if (!(renameThreshold >= 0 && renameThreshold <= 1)) {
      throw new IllegalArgumentException(
          "rename threshold " + renameThreshold + " is not within 0 and 1");
    }
  }

  private static Map<Kind, Policy> complete(Map<Kind, Policy> policies) {
    Map<Kind, Policy> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      all.put(kind, policies.getOrDefault(kind, kind.byDefault()));
    }
    return Map.copyOf(all);
  }

  private static void requireAllowed(Kind kind, Policy policy) {
    if (!kind.allowed().contains(policy)) {
      throw new IllegalArgumentException(
          "policy %s is not defined for %s; one of %s"
              .formatted(policy.keyword(), kind.keyword(), kind.allowed()));
    }
  }

  public Policy policy(Kind kind) {
    return policies.get(kind);
  }

  /**
   * The policy for a field.
   *
   * @param path dotted, such as {@code address.zip}; {@code []} stands behind an array's name:
   *     {@code legs[].dest}
   */
  public Policy policy(Kind kind, String path) {
    if (!fields.isEmpty()) {
      for (String at = path; !at.isEmpty(); at = enclosing(at)) {
        Policy own = fields.getOrDefault(at, Map.of()).get(kind);
        if (own != null) {
          return own;
        }
      }
    }
    return policy(kind);
  }

  private static String enclosing(String path) {
    if (path.endsWith("[]")) {
      return path.substring(0, path.length() - 2);
    }
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "" : path.substring(0, dot);
  }

  /** Whether the source's rows have a place for fields and values beside the contract. */
  public boolean carriesBeside() {
    return uses(Kind.NEW_FIELD) || uses(Kind.TYPE_CHANGE);
  }

  /** Whether any field evolves in this way. */
  private boolean uses(Kind kind) {
    return policy(kind) == Policy.EVOLVE
        || fields.values().stream().anyMatch(own -> own.get(kind) == Policy.EVOLVE);
  }

  public boolean coerces(Coercion coercion) {
    return coercions.contains(coercion);
  }
}
