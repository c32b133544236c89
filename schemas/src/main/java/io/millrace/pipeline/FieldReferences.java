package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.util.List;

/** Checks that fields named in a pipeline file are those of a contract. */
final class FieldReferences {

  private FieldReferences() {}

  /** Whether the contract has the field that a value names; if not, that is reported. */
  static boolean check(YamlValue name, Contract contract, Reading reading) {
    return check(name, name.text(), contract, reading);
  }

  /** Whether the contract has a field that is named at a place; if not, that is reported. */
  static boolean check(YamlValue place, String name, Contract contract, Reading reading) {
    if (contract.field(name).isPresent()) {
      return true;
    }
    List<String> fields = contract.fields().stream().map(Field::name).toList();
    reading.report(
        place.problem(
            "the field \"" + name + "\", which contract " + contract.name() + " lacks",
            "one of " + String.join(", ", fields),
            NearestName.suggestion(name, fields, "choose one of these")));
    return false;
  }
}
