package io.millrace.contract;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads and checks the names of ODCS properties. */
final class FieldNames {

  private FieldNames() {}

  /**
   * The property's name, or nothing after a problem was reported.
   *
   * @param taken names of the siblings so far; the new one is added
   */
  static Optional<String> of(YamlValue property, Set<String> taken, Consumer<Problem> problems) {
    Optional<YamlValue> name =
        property.get("name").filter(value -> value.isScalar() && !value.text().isEmpty());
    if (name.isEmpty()) {
      problems.accept(property.problem("a property without a name", "a name", "add name: ..."));
      return Optional.empty();
    }
    String text = name.get().text();
    property
        .get("physicalName")
        .filter(physical -> !physical.text().equals(text))
        .ifPresent(
            physical ->
                problems.accept(
                    physical.problem(
                        physical.describe() + " for the property \"" + text + "\"",
                        "the same as its name",
                        "name the property as the records do")));
    if (!taken.add(text)) {
      problems.accept(
          name.get()
              .problem(
                  "the property \"" + text + "\" a second time",
                  "every name once",
                  "remove or rename one of the two"));
      return Optional.empty();
    }
    return Optional.of(text);
  }
}
