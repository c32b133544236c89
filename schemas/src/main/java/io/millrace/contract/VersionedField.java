package io.millrace.contract;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A field as one version of a contract knows it.
 *
 * @param name as views name it; never changes while the contract lives
 * @param type nullable exactly when the field is not required; may be wider than the file's
 * @param primaryKeyPosition place in the primary key, from 1; 0 for fields outside of it
 * @param classification for example {@code pii}; empty when there is none
 * @param aliases further names under which producers send the field, sorted
 * @param firstSeenMillis event time of the first record with the field; 0 for fields of the file
 * @param sample a value as JSON text, masked if the field looks like pii; empty for fields of the
 *     file
 * @param confidence from 0 to 1 that the type is right; 1 for fields of the file
 */
public record VersionedField(
    String name,
    LogicalType type,
    int primaryKeyPosition,
    String classification,
    String description,
    List<String> aliases,
    Origin origin,
    Status status,
    long firstSeenMillis,
    String sample,
    double confidence) {

  /** How a field came into the contract. */
  public enum Origin {
    /** The contract file has it. */
    FILE,
    /** Producers began to send it. */
    EVOLVED,
    /** Values of a file's field that are not of its type, named {@code <field>__<type>}. */
    VARIANT
  }

  /** Whether values of a field are carried. */
  public enum Status {
    ACTIVE,
    /** Looks like personal data: not carried until a person confirms it. */
    PENDING,
    /** A person refused it: not carried, and not asked about again. */
    REFUSED
  }

  public VersionedField {
    aliases = List.copyOf(new TreeSet<>(aliases));
  }

  /** A field as the contract file states it. */
  public static VersionedField of(Field field) {
    return new VersionedField(
        field.name(),
        field.type(),
        field.primaryKeyPosition(),
        field.classification().orElse(""),
        field.description(),
        field.aliases(),
        Origin.FILE,
        Status.ACTIVE,
        0,
        "",
        1.0);
  }

  /** A field that producers began to send. */
  public static VersionedField evolved(
      String name,
      LogicalType type,
      Origin origin,
      Status status,
      String classification,
      long firstSeenMillis,
      String sample,
      double confidence) {
    return new VersionedField(
        name,
        type.copy(true),
        0,
        classification,
        "",
        List.of(),
        origin,
        status,
        firstSeenMillis,
        sample,
        confidence);
  }

  public boolean isRequired() {
    return !type.isNullable();
  }

  public boolean isFromFile() {
    return origin == Origin.FILE;
  }

  public boolean isActive() {
    return status == Status.ACTIVE;
  }

  public boolean isPii() {
    return classification.equalsIgnoreCase("pii");
  }

  public VersionedField withType(LogicalType wider) {
    return new VersionedField(
        name,
        wider,
        primaryKeyPosition,
        classification,
        description,
        aliases,
        origin,
        status,
        firstSeenMillis,
        sample,
        confidence);
  }

  public VersionedField withStatus(Status changed) {
    return new VersionedField(
        name,
        type,
        primaryKeyPosition,
        classification,
        description,
        aliases,
        origin,
        changed,
        firstSeenMillis,
        sample,
        confidence);
  }

  public VersionedField withAlias(String alias) {
    TreeSet<String> more = new TreeSet<>(aliases);
    more.add(alias);
    return withAliases(List.copyOf(more));
  }

  public VersionedField withoutAlias(String alias) {
    return withAliases(aliases.stream().filter(each -> !each.equals(alias)).toList());
  }

  VersionedField withAliases(List<String> changed) {
    return new VersionedField(
        name,
        type,
        primaryKeyPosition,
        classification,
        description,
        changed,
        origin,
        status,
        firstSeenMillis,
        sample,
        confidence);
  }

  /** As a field of a contract. */
  public Field toField() {
    return new Field(
        name,
        type,
        isRequired(),
        primaryKeyPosition,
        classification.isEmpty() ? Optional.empty() : Optional.of(classification),
        description,
        aliases);
  }
}
