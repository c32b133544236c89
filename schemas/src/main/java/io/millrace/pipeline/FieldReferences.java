package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import java.util.List;

/** Checks that fields named in a pipeline file are those of a contract. */
final class FieldReferences {

  private FieldReferences() {}

  /** Whether the contract has the field; if not, that is reported. */
  static boolean check(YamlValue name, Contract contract, Reading reading) {
    if (contract.field(name.text()).isPresent()) {
      return true;
    }
    List<String> fields = contract.fields().stream().map(Field::name).toList();
    reading.report(
        name.problem(
            "the field \"" + name.text() + "\", which contract " + contract.name() + " lacks",
            "one of " + String.join(", ", fields),
            NearestName.suggestion(name.text(), fields, "choose one of these")));
    return false;
  }
}
