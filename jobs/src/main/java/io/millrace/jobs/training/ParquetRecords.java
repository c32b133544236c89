package io.millrace.jobs.training;

import io.millrace.document.NearestName;
import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.Guard;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.records.DeadLetterReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows of a Parquet file as records of a source: columns are found by the contract's names or their
 * aliases, values are taken where the contract's type holds them exactly.
 */
final class ParquetRecords implements Closeable {
  private final ParquetRows in;
  private final GenericRowData read;
  private final int width;
  private final int[] target;
  private final HistoryValue[] values;
  private final String[] names;
  private final int[] required;
  private final RowType contract;

  /**
   * @param version of the contract, which may know columns by further names
   */
  ParquetRecords(Guard.Settings settings, ContractOverlay version, HistorySplit split)
      throws IOException {
    contract = settings.contract();
    RowType rowType = settings.intake().rowType();
    width = rowType.getFieldCount();
    Map<String, String> byColumn = byColumn(settings, version);
    in =
        ParquetRows.open(
            Path.of(split.file()), byColumn.keySet(), (int) split.from(), (int) split.end());
    List<String> columns = in.rowType().getFieldNames();
    read = new GenericRowData(columns.size());
    target = new int[columns.size()];
    values = new HistoryValue[columns.size()];
    names = new String[columns.size()];
    for (int i = 0; i < target.length; i++) {
      names[i] = byColumn.get(columns.get(i));
      target[i] = rowType.getFieldIndex(names[i]);
      values[i] = HistoryValue.between(in.rowType().getTypeAt(i), rowType.getTypeAt(target[i]));
    }
    required =
        java.util.stream.IntStream.range(0, contract.getFieldCount())
            .filter(i -> !contract.getTypeAt(i).isNullable())
            .toArray();
  }

  /** Contract fields by the columns that may hold them. */
  static Map<String, String> byColumn(Guard.Settings settings, ContractOverlay version) {
    Map<String, String> fields = new HashMap<>(version.aliases());
    fields.values().removeIf(name -> settings.contract().getFieldIndex(name) < 0);
    fields.putAll(settings.aliases());
    settings.contract().getFieldNames().forEach(name -> fields.put(name, name));
    return fields;
  }

  /** Why the columns of a file cannot be read as records of a source. */
  static List<String> problems(
      Guard.Settings settings, ContractOverlay version, String file, RowType columns) {
    List<String> problems = new ArrayList<>();
    Map<String, String> byColumn = byColumn(settings, version);
    Set<String> found = new HashSet<>();
    RowType rowType = settings.intake().rowType();
    String contract = settings.intake().contract();
    for (RowType.RowField column : columns.getFields()) {
      String field = byColumn.get(column.getName());
      if (field == null) {
        continue;
      }
      if (!found.add(field)) {
        problems.add(
            "%s has two columns for field %s of contract %s".formatted(file, field, contract));
      }
      LogicalType type = rowType.getTypeAt(rowType.getFieldIndex(field));
      if (HistoryValue.between(column.getType(), type) == null) {
        problems.add(
            "%s, column %s is %s, but contract %s has %s: write the column as that"
                .formatted(
                    file,
                    column.getName(),
                    column.getType().asSummaryString(),
                    contract,
                    type.copy(true).asSummaryString()));
      }
    }
    for (RowType.RowField field : settings.contract().getFields()) {
      if (!field.getType().isNullable() && !found.contains(field.getName())) {
        problems.add(
            "%s has no column %s, which contract %s requires; %s"
                .formatted(
                    file,
                    field.getName(),
                    contract,
                    NearestName.suggestion(
                        field.getName(),
                        columns.getFieldNames(),
                        "it has " + String.join(", ", columns.getFieldNames()))));
      }
    }
    return problems;
  }

  /** The next row, as its contract sees it; null after the last. */
  Decoding next() throws IOException {
    if (!in.next(read)) {
      return null;
    }
    GenericRowData row = new GenericRowData(width);
    for (int i = 0; i < target.length; i++) {
      Object value = read.getField(i);
      if (value != null) {
        try {
          row.setField(target[i], values[i].convert(value));
        } catch (DecodingException refused) {
          return new Decoding.Problem(refused.reason(), names[i], refused.getMessage());
        }
      }
    }
    for (int field : required) {
      if (row.getField(field) == null) {
        return new Decoding.Problem(
            DeadLetterReason.MISSING_FIELD,
            contract.getFieldNames().get(field),
            "null where the contract requires a value");
      }
    }
    return new Decoding.Row(row, 0);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
