package io.millrace.jobs.tables;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A Parquet file on this machine as rows. Columns are flat; nested ones, and those of types that
 * SQL does not have, are {@link #leftOut}. Holds one row group in memory.
 */
public final class ParquetRows implements Closeable {
  private final ParquetFileReader file;
  private final MessageType schema;
  private final List<ColumnDescriptor> columns = new ArrayList<>();
  private final List<ParquetTypes> types = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<ColumnReader> readers = new ArrayList<>();
  private final RowType rowType;
  private final int endGroup;
  private int nextGroup;
  private long left;

  private ParquetRows(ParquetFileReader file, Set<String> wanted, int fromGroup, int endGroup) {
    this.file = file;
    this.nextGroup = fromGroup;
    this.endGroup = Math.min(endGroup, file.getRowGroups().size());
    MessageType whole = file.getFooter().getFileMetaData().getSchema();
    List<RowType.RowField> fields = new ArrayList<>();
    List<Type> read = new ArrayList<>();
    for (Type field : whole.getFields()) {
      if (!wanted.isEmpty() && !wanted.contains(field.getName())) {
        continue;
      }
      Optional<ParquetTypes> type =
          field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED)
              ? ParquetTypes.of(field.asPrimitiveType())
              : Optional.empty();
      if (type.isEmpty()) {
        leftOut.add(field.getName());
        continue;
      }
      columns.add(whole.getColumnDescription(new String[] {field.getName()}));
      types.add(type.get());
      read.add(field);
      fields.add(new RowType.RowField(field.getName(), type.get().type()));
    }
    rowType = new RowType(false, fields);
    schema = new MessageType(whole.getName(), read);
    file.setRequestedSchema(schema);
  }

  /** Opens a whole file with all its columns. */
  public static ParquetRows open(Path path) throws IOException {
    return open(path, Set.of(), 0, Integer.MAX_VALUE);
  }

  /**
   * Opens a part of a file.
   *
   * @param wanted columns to read; empty: all
   * @param fromGroup the first row group to read
   * @param endGroup the row group before which to stop
   */
  public static ParquetRows open(Path path, Set<String> wanted, int fromGroup, int endGroup)
      throws IOException {
    ParquetFileReader file;
    try {
      file = ParquetTable.openFile(path);
    } catch (RuntimeException broken) {
      throw new TableException(path + " is no Parquet file: " + broken.getMessage(), broken);
    }
    try {
      return new ParquetRows(file, wanted, fromGroup, endGroup);
    } catch (RuntimeException broken) {
      file.close();
      throw broken;
    }
  }

  /** The columns that are read, in the order of the file. */
  public RowType rowType() {
    return rowType;
  }

  /** Columns that no row can hold. */
  public List<String> leftOut() {
    return leftOut;
  }

  /** Rows of the whole file. */
  public long rows() {
    return file.getRecordCount();
  }

  /** Row groups of the whole file. */
  public int groups() {
    return file.getRowGroups().size();
  }

  /**
   * Reads the next row into the first fields of another one.
   *
   * @return false after the last
   */
  public boolean next(GenericRowData into) throws IOException {
    while (left == 0) {
      if (nextGroup >= endGroup) {
        return false;
      }
      open(file.readRowGroup(nextGroup++));
    }
    left--;
    for (int i = 0; i < readers.size(); i++) {
      ColumnReader reader = readers.get(i);
      boolean present =
          reader.getCurrentDefinitionLevel() == columns.get(i).getMaxDefinitionLevel();
      into.setField(i, present ? types.get(i).read().apply(reader) : null);
      reader.consume();
    }
    return true;
  }

  private void open(PageReadStore group) {
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            group,
            new ParquetTable.Unconverted(),
            schema,
            file.getFooter().getFileMetaData().getCreatedBy());
    readers.clear();
    columns.forEach(column -> readers.add(store.getColumnReader(column)));
    left = group.getRowCount();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
