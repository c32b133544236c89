package io.millrace.offline;

import io.millrace.records.RecordTypeInfo;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/** Type of a stream of rows of several tables. */
public final class StoredRowTypeInfo extends RecordTypeInfo<StoredRow> {
  private static final long serialVersionUID = 1L;

  private final List<TableLayout> tables;

  /**
   * @param tables in the order that {@link StoredRow#table} counts by
   */
  public StoredRowTypeInfo(List<TableLayout> tables) {
    super(StoredRow.class);
    this.tables = List.copyOf(tables);
  }

  /** The tables, in the order that {@link StoredRow#table} counts by. */
  public List<TableLayout> tables() {
    return tables;
  }

  @Override
  public TypeSerializer<StoredRow> createSerializer(SerializerConfig config) {
    return new StoredRowSerializer(
        tables.stream()
            .map(table -> new RowDataSerializer(table.columns()))
            .toArray(RowDataSerializer[]::new));
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredRowTypeInfo that && tables.equals(that.tables);
  }

  @Override
  public int hashCode() {
    return tables.hashCode();
  }

  @Override
  public String toString() {
    return "StoredRow" + tables.stream().map(table -> table.table().name()).toList();
  }
}
