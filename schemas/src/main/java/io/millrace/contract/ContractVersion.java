package io.millrace.contract;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a source's contract has become while its pipeline ran: the contract file plus what was
 * learned since. Revision 0 is the file as it is; each decision makes the next one. A version is
 * complete in itself: whoever reads the newest one needs no other.
 *
 * <p>Field names never change: a renamed field keeps its name and gains an alias, so views and
 * their state stay valid. Fields that the file does not have follow those that it has.
 *
 * @param source name of the pipeline's source
 * @param contract name of the contract
 * @param fileVersion the contract file's own version, for example {@code 1.0.0}
 * @param fileFingerprint of the file's fields, see {@link #fingerprint}; another one means that the
 *     file was edited
 * @param revision counts the decisions since the source was first read
 * @param createdMillis wall clock of the decision
 * @param reason of the decision, for people
 * @param fields of the file in its order, then the others in the order in which they came
 * @param rejections renames that a person took back: never suggested or applied again
 * @param controls ids of the newest control messages that are part of this version, at most {@value
 *     #MAX_CONTROLS}: one that is read again changes nothing
 */
public record ContractVersion(
    String source,
    String contract,
    String fileVersion,
    String fileFingerprint,
    int revision,
    long createdMillis,
    String reason,
    List<VersionedField> fields,
    Set<Rejection> rejections,
    List<String> controls) {

  private static final int MAX_CONTROLS = 100;

  /** At most this many fields beyond those of the file; producers may send any number of names. */
  public static final int MAX_EVOLVED = 500;

  /**
   * A rename that a person took back.
   *
   * @param alias the producer's name
   * @param field of the contract
   */
  public record Rejection(String alias, String field) {}

  public ContractVersion {
    fields = List.copyOf(fields);
    rejections = Set.copyOf(rejections);
    controls =
        List.copyOf(controls.subList(Math.max(0, controls.size() - MAX_CONTROLS), controls.size()));
  }

  /** The contract file as it is. */
  public static ContractVersion ofFile(String source, Contract file, long nowMillis) {
    return new ContractVersion(
        source,
        file.name(),
        file.version(),
        fingerprint(file),
        0,
        nowMillis,
        "the contract file",
        file.fields().stream().map(VersionedField::of).toList(),
        Set.of(),
        List.of());
  }

  /** For people and dead letters: {@code 1.0.0}, and {@code 1.0.0+3} after three decisions. */
  public String label() {
    return revision == 0 ? fileVersion : fileVersion + "+" + revision;
  }

  public Optional<VersionedField> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  /** The field that producers also send under this name. */
  public Optional<VersionedField> fieldOfAlias(String alias) {
    return fields.stream().filter(field -> field.aliases().contains(alias)).findFirst();
  }

  /** Whether a producer's field of this name has a place in the version, whatever its status. */
  public boolean knows(String name) {
    return field(name).isPresent() || fieldOfAlias(name).isPresent();
  }

  /** Fields that the file does not have, whatever their status. */
  public List<VersionedField> evolved() {
    return fields.stream().filter(field -> !field.isFromFile()).toList();
  }

  public boolean isBasedOn(Contract file) {
    return fileFingerprint.equals(fingerprint(file));
  }

  /**
   * The version as a contract: the file's fields as they are by now, then the new ones whose values
   * are carried.
   */
  public Contract asContract() {
    return contractOf(VersionedField::isActive);
  }

  /** The fields of the contract file alone, as they are by now. */
  public Contract fileFields() {
    return contractOf(VersionedField::isFromFile);
  }

  private Contract contractOf(Predicate<VersionedField> chosen) {
    return new Contract(
        contract,
        fileVersion,
        "",
        fields.stream().filter(chosen).map(VersionedField::toField).toList());
  }

  /** Whether the same is known, whoever decided it when. */
  public boolean saysTheSameAs(ContractVersion other) {
    return fileFingerprint.equals(other.fileFingerprint)
        && fields.equals(other.fields)
        && rejections.equals(other.rejections);
  }

  /** The next revision. */
  public ContractVersion next(
      String why, long nowMillis, List<VersionedField> changed, Set<Rejection> rejected) {
    return new ContractVersion(
        source,
        contract,
        fileVersion,
        fileFingerprint,
        revision + 1,
        nowMillis,
        why,
        changed,
        rejected,
        controls);
  }

  /** The fields with one of them changed. */
  public List<VersionedField> fieldsWith(String name, UnaryOperator<VersionedField> change) {
    return fields.stream()
        .map(field -> field.name().equals(name) ? change.apply(field) : field)
        .toList();
  }

  /** The same revision, remembering that a control message is part of it. */
  public ContractVersion withControl(String id) {
    if (controls.contains(id)) {
      return this;
    }
    List<String> more = new ArrayList<>(controls);
    more.add(id);
    return new ContractVersion(
        source,
        contract,
        fileVersion,
        fileFingerprint,
        revision,
        createdMillis,
        reason,
        fields,
        rejections,
        more);
  }

  /**
   * What was learned, on top of a file that was edited meanwhile. The file's fields come first and
   * as it states them, with the aliases learned for them; a learned field that the file has now is
   * the file's; a type that was widened beyond the old file's stays only if the file does not say
   * otherwise, which it does when it states another type than before. The result is the next
   * revision; for the file that the version is based on already, the version itself.
   *
   * <p>A pure function of both: guards and the keeper come to the same result on their own.
   */
  public ContractVersion rebasedOn(Contract file) {
    if (isBasedOn(file)) {
      return this;
    }
    Map<String, VersionedField> learned = new LinkedHashMap<>();
    fields.forEach(field -> learned.put(field.name(), field));
    List<VersionedField> rebased = new ArrayList<>();
    Set<String> taken = new LinkedHashSet<>();
    for (Field field : file.fields()) {
      VersionedField stated = VersionedField.of(field);
      VersionedField before = learned.remove(field.name());
      taken.add(field.name());
      taken.addAll(stated.aliases());
      if (before != null) {
        for (String alias : before.aliases()) {
          if (file.field(alias).isEmpty()) {
            stated = stated.withAlias(alias);
            taken.add(alias);
          }
        }
      }
      rebased.add(stated);
    }
    learned.values().stream()
        .filter(field -> !field.isFromFile() && !taken.contains(field.name()))
        .forEach(rebased::add);
    return new ContractVersion(
        source,
        file.name(),
        file.version(),
        fingerprint(file),
        revision + 1,
        createdMillis,
        "the contract file was edited (" + fileVersion + " to " + file.version() + ")",
        rebased,
        rejections,
        controls);
  }

  /**
   * What the file says about records, in 16 hex digits: names, order, types, keys, aliases and
   * classification; descriptions are left out.
   */
  public static String fingerprint(Contract file) {
    StringBuilder text = new StringBuilder(file.name()).append('\n').append(file.version());
    for (VersionedField field : file.fields().stream().map(VersionedField::of).toList()) {
      text.append('\n')
          .append(field.name())
          .append(' ')
          .append(field.type().asSerializableString())
          .append(' ')
          .append(field.primaryKeyPosition())
          .append(' ')
          .append(field.classification())
          .append(' ')
          .append(field.aliases());
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
