package io.millrace.contract;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the aliases of ODCS properties, which the standard leaves to custom properties:
 *
 * <pre>{@code
 * customProperties:
 *   - property: aliases
 *     value: [dep_delay, departure_delay]
 * }</pre>
 */
final class FieldAliases {

  private static final String ALIASES = "aliases";

  private final Consumer<Problem> problems;

  /** Every name in use, with the field that it means. */
  private final Map<String, String> owners = new HashMap<>();

  /**
   * @param siblings all properties of the object: an alias must not be the name of another one
   */
  FieldAliases(List<YamlValue> siblings, Consumer<Problem> problems) {
    this.problems = problems;
    siblings.forEach(property -> name(property).ifPresent(name -> owners.put(name, name)));
  }

  List<String> of(YamlValue property) {
    List<String> aliases = new ArrayList<>();
    Optional<String> owner = name(property);
    for (YamlValue custom :
        property.get("customProperties").map(YamlValue::items).orElse(List.of())) {
      if (owner.isPresent()
          && custom.get("property").map(YamlValue::text).filter(ALIASES::equals).isPresent()) {
        custom.get("value").ifPresent(value -> read(value, owner.get(), aliases));
      }
    }
    return aliases;
  }

  private void read(YamlValue value, String owner, List<String> aliases) {
    List<YamlValue> items = value.isScalar() ? List.of(value) : value.items();
    if (items.isEmpty()) {
      problems.accept(
          value.problem(value.describe(), "a list of names", "for example value: [dep_delay]"));
    }
    for (YamlValue item : items) {
      if (!item.isScalar() || item.text().isEmpty()) {
        problems.accept(item.problem(item.describe(), "a name", "write the producer's name"));
        continue;
      }
      String other = owners.putIfAbsent(item.text(), owner);
      if (other == null) {
        aliases.add(item.text());
      } else {
        problems.accept(
            item.problem(
                "the alias \"" + item.text() + "\", already a name of \"" + other + "\"",
                "every name once",
                "remove one of the two"));
      }
    }
  }

  private static Optional<String> name(YamlValue property) {
    return property.get("name").filter(YamlValue::isScalar).map(YamlValue::text);
  }
}
