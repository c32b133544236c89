package io.millrace.sql.catalog;

import io.millrace.sql.topics.RowMask;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.table.types.utils.TypeConversions;

/** The physical columns of a table, with what becomes of each before it is seen. */
final class Columns {

  /** One column as it is read. */
  record Column(String name, LogicalType type, String comment, Treatment treatment) {
    LogicalType shownType() {
      return RowMask.typeAfter(treatment, type);
    }
  }

  private final List<Column> columns = new ArrayList<>();

  Columns add(String name, LogicalType type, String comment, Treatment treatment) {
    columns.add(new Column(name, type, comment, treatment));
    return this;
  }

  Columns add(String name, String type, String comment) {
    return add(name, type(type), comment, Treatment.KEEP);
  }

  static LogicalType type(String sql) {
    return LogicalTypeParser.parse(sql, Columns.class.getClassLoader());
  }

  List<Column> list() {
    return columns;
  }

  boolean has(String name) {
    return columns.stream().anyMatch(it -> it.name().equals(name));
  }

  /** A name that no column has yet: the wished one, or with underscores before it. */
  String free(String wished) {
    return has(wished) ? free("_" + wished) : wished;
  }

  /** As they are read. */
  RowType readType() {
    return new RowType(
        false, columns.stream().map(it -> new RowType.RowField(it.name(), it.type())).toList());
  }

  RowMask mask(PiiPolicy policy) {
    return new RowMask(
        readType(),
        columns.stream().map(Column::treatment).toArray(Treatment[]::new),
        policy.secret());
  }

  /**
   * Columns as a connector takes them, before a mask.
   *
   * @param key the primary key's; may be empty
   */
  static ResolvedSchema physical(RowType type, List<String> key) {
    List<org.apache.flink.table.catalog.Column> physical = new ArrayList<>();
    for (RowType.RowField field : type.getFields()) {
      physical.add(
          org.apache.flink.table.catalog.Column.physical(
              field.getName(), TypeConversions.fromLogicalToDataType(field.getType())));
    }
    return key.isEmpty()
        ? ResolvedSchema.of(physical)
        : new ResolvedSchema(
            physical, List.of(), UniqueConstraint.primaryKey("key", key), List.of());
  }

  Schema.Builder schema() {
    Schema.Builder schema = Schema.newBuilder();
    for (Column column : columns) {
      schema.column(column.name(), TypeConversions.fromLogicalToDataType(column.shownType()));
      if (!column.comment().isEmpty()) {
        schema.withComment(column.comment());
      }
    }
    return schema;
  }
}
