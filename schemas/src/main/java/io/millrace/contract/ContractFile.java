package io.millrace.contract;

import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlFile;
import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Reads <a href="https://bitol-io.github.io/open-data-contract-standard/">Open Data Contract
 * Standard</a> files, version 3. Parts of the standard that say nothing about records (team, price,
 * servers, ...) are left alone.
 *
 * <p>A relative path is looked up in a folder and then in each folder above it, so that a pipeline
 * file can name contracts from the top of its repository wherever the process was started.
 *
 * @param contract empty when there are problems
 * @param problems of the file, with its lines
 */
public record ContractFile(Optional<Contract> contract, List<Problem> problems) {

  public ContractFile {
    problems = List.copyOf(problems);
  }

  /**
   * Finds the file a reference names.
   *
   * @param reference a path, optionally followed by {@code #} and the name of a schema object
   * @param folder where the search for a relative path begins
   */
  public static Optional<Path> find(String reference, Path folder) {
    Path path = Path.of(pathOf(reference));
    for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      Path candidate = at.resolve(path);
      if (candidate.toFile().isFile()) {
        return Optional.of(shorten(candidate.normalize()));
      }
    }
    return Optional.empty();
  }

  /** The part of a reference before {@code #}. */
  private static String pathOf(String reference) {
    int hash = reference.lastIndexOf('#');
    return hash < 0 ? reference : reference.substring(0, hash);
  }

  /** As seen from the working folder, when it is below it: shorter in messages. */
  private static Path shorten(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path) : path;
  }

  /**
   * Reads one schema object of a contract.
   *
   * @param reference as for {@link #find}; without {@code #name} the file must have one schema
   *     object
   */
  public static ContractFile read(Path file, String reference) {
    int hash = reference.lastIndexOf('#');
    Optional<String> object =
        hash < 0 ? Optional.empty() : Optional.of(reference.substring(hash + 1));
    return parse(YamlFile.read(file), object);
  }

  /** Reads a contract with a single schema object. */
  public static ContractFile read(Path file) {
    return parse(YamlFile.read(file), Optional.empty());
  }

  static ContractFile parse(YamlFile file, Optional<String> objectName) {
    List<Problem> problems = new ArrayList<>(file.problems());
    Optional<Contract> contract =
        file.root().flatMap(root -> new Reader(problems).contract(root, objectName));
    return problems.isEmpty()
        ? new ContractFile(contract, problems)
        : new ContractFile(Optional.empty(), Problem.sorted(problems));
  }

  private record Reader(List<Problem> problems) {

    Optional<Contract> contract(YamlValue root, Optional<String> objectName) {
      if (!root.isMap()) {
        problems.add(
            root.problem(root.describe(), "an ODCS contract, a map of keys", "see bitol.io"));
        return Optional.empty();
      }
      expect(root, "kind", "DataContract", "DataContract"::equals);
      expect(root, "apiVersion", "v3.1.0", version -> version.startsWith("v3."));
      Optional<String> version = text(root, "version", "version: 1.0.0");
      Optional<YamlValue> object = schemaObject(root, objectName);
      if (object.isEmpty()) {
        return Optional.empty();
      }
      List<Field> fields = fields(object.get());
      String name =
          root.get("name").or(() -> object.get().get("name")).map(YamlValue::text).orElse("");
      return Optional.of(
          new Contract(
              name,
              version.orElse(""),
              object
                  .get()
                  .get("description")
                  .or(() -> root.get("description").flatMap(it -> it.get("purpose")))
                  .map(YamlValue::text)
                  .orElse(""),
              fields,
              new QualityReader(fields, problems::add).rules(object.get())));
    }

    private void expect(
        YamlValue root, String key, String example, java.util.function.Predicate<String> right) {
      Optional<YamlValue> value = root.get(key);
      if (value.isEmpty()) {
        problems.add(
            root.problem(
                "no " + key, key + ": " + example, "add it; only ODCS version 3 is understood"));
      } else if (!right.test(value.get().text())) {
        problems.add(
            value
                .get()
                .problem(
                    value.get().describe(),
                    key + ": " + example,
                    "only ODCS version 3 is understood"));
      }
    }

    private Optional<String> text(YamlValue map, String key, String example) {
      Optional<String> text = map.get(key).filter(YamlValue::isScalar).map(YamlValue::text);
      if (text.isEmpty()) {
        problems.add(map.problem("no " + key, example, "add it"));
      }
      return text;
    }

    private Optional<YamlValue> schemaObject(YamlValue root, Optional<String> wanted) {
      List<YamlValue> objects = root.get("schema").map(YamlValue::items).orElse(List.of());
      if (objects.isEmpty()) {
        problems.add(
            root.nearest("schema")
                .problem(
                    "no schema object",
                    "schema: a list with an object and its properties",
                    "describe the records there"));
        return Optional.empty();
      }
      Map<String, YamlValue> byName = new LinkedHashMap<>();
      objects.forEach(
          object -> byName.put(object.get("name").map(YamlValue::text).orElse(""), object));
      if (wanted.isPresent()) {
        YamlValue found = byName.get(wanted.get());
        if (found == null) {
          problems.add(
              root.nearest("schema")
                  .problem(
                      "no schema object \"" + wanted.get() + "\"",
                      "one of " + String.join(", ", byName.keySet()),
                      NearestName.suggestion(
                          wanted.get(), byName.keySet(), "correct the part after #")));
        }
        return Optional.ofNullable(found);
      }
      if (objects.size() > 1) {
        problems.add(
            root.nearest("schema")
                .problem(
                    objects.size() + " schema objects",
                    "one, or a reference that names one",
                    "add #" + byName.keySet().iterator().next() + " to the path of the contract"));
        return Optional.empty();
      }
      return Optional.of(objects.get(0));
    }

    private List<Field> fields(YamlValue object) {
      List<YamlValue> properties = object.get("properties").map(YamlValue::items).orElse(List.of());
      if (properties.isEmpty()) {
        problems.add(
            object.problem(
                "a schema object without properties", "at least one property", "list its fields"));
      }
      Set<String> names = new LinkedHashSet<>();
      Map<Integer, String> keyPositions = new TreeMap<>();
      FieldTypes types = new FieldTypes(problems::add);
      FieldAliases aliases = new FieldAliases(properties, problems::add);
      List<Field> fields = new ArrayList<>();
      for (YamlValue property : properties) {
        Optional<String> name = FieldNames.of(property, names, problems::add);
        int position = keyPosition(property, name.orElse(""), keyPositions);
        boolean required = flag(property, "required") || position > 0;
        Optional<LogicalType> type = types.of(property, !required);
        if (name.isPresent() && type.isPresent()) {
          fields.add(
              new Field(
                  name.get(),
                  type.get(),
                  required,
                  position,
                  property.get("classification").map(YamlValue::text),
                  property.get("description").map(YamlValue::text).orElse(""),
                  aliases.of(property)));
        }
      }
      return fields;
    }

    private boolean flag(YamlValue property, String key) {
      Optional<YamlValue> value = property.get(key);
      value
          .filter(it -> it.kind() != YamlValue.Kind.BOOLEAN)
          .ifPresent(
              it -> problems.add(it.problem(it.describe(), "true or false", "write one of them")));
      return value.map(YamlValue::text).orElse("").equalsIgnoreCase("true");
    }

    private int keyPosition(YamlValue property, String name, Map<Integer, String> taken) {
      if (!flag(property, "primaryKey")) {
        return 0;
      }
      Optional<YamlValue> written = property.get("primaryKeyPosition");
      int position = taken.keySet().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
      if (written.isPresent()) {
        if (!written.get().text().matches("[1-9][0-9]{0,3}")) {
          problems.add(
              written
                  .get()
                  .problem(
                      written.get().describe(), "a position from 1", "count key fields from 1"));
          return position;
        }
        position = Integer.parseInt(written.get().text());
      }
      String other = taken.putIfAbsent(position, name);
      if (other != null) {
        problems.add(
            property
                .nearest("primaryKeyPosition")
                .problem(
                    "position " + position + ", already that of \"" + other + "\"",
                    "every position once",
                    "number the key's fields 1, 2, ..."));
      }
      return position;
    }
  }
}
