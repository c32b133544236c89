package io.millrace.ingest;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.Field;
import io.millrace.contract.VersionedField;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * What newer versions of a contract say beyond the contract file that the job was built with. What
 * it knows is no deviation any more. Immutable.
 *
 * @param label of the version, for dead letters: {@code 1.0.0+3}
 * @param aliases producers' names of top-level fields to names of the version's fields
 * @param widened top-level fields of the file to their wider types. Values that fit the field's
 *     slot go there; others travel in {@code _evolved} as {@code <field>__<type>}
 * @param evolved names of new fields that are part of the contract by now
 * @param withheld names of new fields that are not carried along: they look like personal data and
 *     nobody has confirmed them, or somebody refused them
 */
public record ContractOverlay(
    String label,
    Map<String, String> aliases,
    Map<String, LogicalType> widened,
    Set<String> evolved,
    Set<String> withheld)
    implements Serializable {

  public ContractOverlay {
    aliases = Map.copyOf(aliases);
    widened = Map.copyOf(widened);
    evolved = Set.copyOf(evolved);
    withheld = Set.copyOf(withheld);
  }

  /** The contract file as it is. */
  public static ContractOverlay none(String fileVersion) {
    return new ContractOverlay(fileVersion, Map.of(), Map.of(), Set.of(), Set.of());
  }

  /**
   * @param version based on {@code file}, see {@link ContractVersion#rebasedOn}
   */
  public static ContractOverlay of(ContractVersion version, Contract file) {
    Map<String, String> aliases = new HashMap<>();
    Map<String, LogicalType> widened = new HashMap<>();
    Set<String> evolved = new HashSet<>();
    Set<String> withheld = new HashSet<>();
    for (VersionedField field : version.fields()) {
      Field stated = file.field(field.name()).orElse(null);
      field.aliases().stream()
          .filter(alias -> stated == null || !stated.aliases().contains(alias))
          .forEach(alias -> aliases.put(alias, field.name()));
      if (stated == null) {
        (field.isActive() ? evolved : withheld).add(field.name());
      } else if (!stated.type().copy(true).equals(field.type().copy(true))) {
        widened.put(field.name(), field.type());
      }
    }
    return new ContractOverlay(version.label(), aliases, widened, evolved, withheld);
  }

  /** Whether records are decoded as by the file. */
  public boolean isEmpty() {
    return aliases.isEmpty() && widened.isEmpty() && evolved.isEmpty() && withheld.isEmpty();
  }
}
