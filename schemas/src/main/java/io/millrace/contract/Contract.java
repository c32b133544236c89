package io.millrace.contract;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.RowType;

/**
 * What a source promises: the fields of its records and their types.
 *
 * @param version the contract file's own version, for example {@code 1.0.0}
 * @param qualityRules what the values promise beyond their types
 */
public record Contract(
    String name,
    String version,
    String description,
    List<Field> fields,
    List<QualityRule> qualityRules) {

  public Contract {
    fields = List.copyOf(fields);
    qualityRules = List.copyOf(qualityRules);
  }

  /** A contract without quality rules. */
  public Contract(String name, String version, String description, List<Field> fields) {
    this(name, version, description, fields, List.of());
  }

  /**
   * The row type of the records; required fields are NOT NULL. It leaves descriptions out, so that
   * rewording one does not make a different type of it.
   */
  public RowType rowType() {
    return new RowType(
        false,
        fields.stream().map(field -> new RowType.RowField(field.name(), field.type())).toList());
  }

  public Optional<Field> field(String fieldName) {
    return fields.stream().filter(field -> field.name().equals(fieldName)).findFirst();
  }

  /** Names of the primary key's fields, in the key's own order. */
  public List<String> primaryKey() {
    return fields.stream()
        .filter(Field::primaryKey)
        .sorted(Comparator.comparingInt(Field::primaryKeyPosition))
        .map(Field::name)
        .toList();
  }
}
