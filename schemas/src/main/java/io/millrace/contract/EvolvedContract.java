package io.millrace.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A contract file with everything put in that was learned while its pipeline ran. What the file
 * says otherwise is kept, except comments, which YAML libraries do not keep.
 */
public final class EvolvedContract {

  private EvolvedContract() {}

  /**
   * The text of the new file. Reading it gives the fields of {@link ContractVersion#asContract()}.
   *
   * @param reference as for {@link ContractFile#find}
   * @throws IOException if the file cannot be read
   */
  public static String file(Path file, String reference, ContractVersion version)
      throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    Map<String, Object> root = yaml.load(Files.readString(file, StandardCharsets.UTF_8));
    if (version.revision() > 0) {
      root.put("version", next(version.fileVersion()));
    }
    Contract stated =
        ContractFile.read(file, reference)
            .contract()
            .orElseThrow(() -> new IOException(file + " has problems; validate it"));
    List<Map<String, Object>> properties = list(object(root, reference), "properties");
    for (VersionedField field : version.fields()) {
      if (!field.isActive() || isNested(field.name())) {
        continue;
      }
      Map<String, Object> property =
          properties.stream()
              .filter(it -> field.name().equals(it.get("name")))
              .findFirst()
              .orElse(null);
      if (property == null) {
        properties.add(added(field));
      } else {
        boolean wider =
            !stated.field(field.name()).map(Field::type).equals(Optional.of(field.type()));
        change(property, field, wider);
      }
    }
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    options.setWidth(110);
    return new Yaml(options).dump(root);
  }

  /** New fields within other fields: a contract file has no place for them by themselves. */
  public static List<String> leftOut(ContractVersion version) {
    return version.evolved().stream()
        .filter(VersionedField::isActive)
        .map(VersionedField::name)
        .filter(EvolvedContract::isNested)
        .toList();
  }

  private static boolean isNested(String name) {
    return name.contains(".") || name.contains("[");
  }

  /** The next minor version: {@code 1.0.0} becomes {@code 1.1.0}. */
  private static String next(String version) {
    String[] parts = version.split("\\.");
    if (parts.length != 3 || !parts[1].matches("\\d{1,9}")) {
      return version + "+1";
    }
    return parts[0] + "." + (Integer.parseInt(parts[1]) + 1) + ".0";
  }

  private static Map<String, Object> object(Map<String, Object> root, String reference) {
    List<Map<String, Object>> objects = list(root, "schema");
    int hash = reference.lastIndexOf('#');
    return objects.stream()
        .filter(it -> hash < 0 || reference.substring(hash + 1).equals(it.get("name")))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no schema object of " + reference));
  }

  @SuppressWarnings("unchecked") // YAML of a contract that was read before
  private static List<Map<String, Object>> list(Map<String, Object> map, String key) {
    return (List<Map<String, Object>>) map.computeIfAbsent(key, it -> new ArrayList<>());
  }

  private static void change(Map<String, Object> property, VersionedField field, boolean wider) {
    if (wider) {
      // The width is in the physical type from now on; rules such as a maximum stay.
      if (property.get("logicalTypeOptions") instanceof Map<?, ?> options) {
        options.remove("format");
      }
      property.remove("physicalType");
      property.putAll(types(field.type()));
    }
    if (!field.aliases().isEmpty()) {
      List<Map<String, Object>> custom = list(property, "customProperties");
      custom.removeIf(it -> "aliases".equals(it.get("property")));
      Map<String, Object> aliases = new LinkedHashMap<>();
      aliases.put("property", "aliases");
      aliases.put("value", new ArrayList<>(field.aliases()));
      custom.add(aliases);
    }
  }

  private static Map<String, Object> added(VersionedField field) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", field.name());
    property.putAll(types(field.type()));
    if (!field.classification().isEmpty()) {
      property.put("classification", field.classification());
    }
    return property;
  }

  /** The keys of a property that say its type; the inverse of {@link FieldTypes}. */
  private static Map<String, Object> types(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> typed("boolean", null);
      case TINYINT -> typed("integer", "tinyint");
      case SMALLINT -> typed("integer", "smallint");
      case INTEGER -> typed("integer", "int");
      case BIGINT -> typed("integer", "bigint");
      case FLOAT -> typed("number", "float");
      case DOUBLE -> typed("number", "double");
      case DECIMAL ->
          typed(
              "number",
              "decimal(%d,%d)"
                  .formatted(((DecimalType) type).getPrecision(), ((DecimalType) type).getScale()));
      case BINARY, VARBINARY -> typed("string", "bytes");
      case DATE -> typed("date", "date");
      case TIME_WITHOUT_TIME_ZONE -> typed("time", "time(%d)".formatted(precision(type)));
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          typed("timestamp", "timestamp(%d)".formatted(precision(type)));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          typed("timestamp", "timestamp_ltz(%d)".formatted(precision(type)));
      case ARRAY -> {
        Map<String, Object> array = typed("array", null);
        array.put("items", required(((ArrayType) type).getElementType()));
        yield array;
      }
      case ROW -> {
        Map<String, Object> row = typed("object", null);
        List<Map<String, Object>> properties = new ArrayList<>();
        for (RowType.RowField field : ((RowType) type).getFields()) {
          Map<String, Object> property = new LinkedHashMap<>();
          property.put("name", field.getName());
          property.putAll(required(field.getType()));
          properties.add(property);
        }
        row.put("properties", properties);
        yield row;
      }
      default -> typed("string", null);
    };
  }

  private static Map<String, Object> required(LogicalType type) {
    Map<String, Object> types = types(type);
    if (!type.isNullable()) {
      types.put("required", true);
    }
    return types;
  }

  private static Map<String, Object> typed(String logical, String physical) {
    Map<String, Object> types = new LinkedHashMap<>();
    types.put("logicalType", logical);
    if (physical != null) {
      types.put("physicalType", physical);
    }
    return types;
  }

  private static int precision(LogicalType type) {
    return LogicalTypeChecks.getPrecision(type);
  }
}
