package io.millrace.jobs.offline;

import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** The data files of a table's current snapshot, as DuckDB sees them: the view {@code t}. */
final class ParquetFiles implements AutoCloseable {
  private final Connection duckdb;
  private final List<String> files;
  private final TreeSet<String> partitions = new TreeSet<>();
  private int deleteFiles;

  private ParquetFiles(Table table) throws SQLException, IOException {
    files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(task.file().location().replaceFirst("^file:", ""));
        deleteFiles += task.deletes().size();
        partitions.add(task.spec().partitionToPath(task.partition()));
      }
    }
    duckdb = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = duckdb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute(
          files.stream()
              .map(file -> "'" + file + "'")
              .collect(
                  Collectors.joining(
                      ",",
                      "CREATE VIEW t AS SELECT * FROM read_parquet([",
                      "], union_by_name = true, hive_partitioning = false)")));
    }
  }

  static ParquetFiles ofTable(Pipeline pipeline, String name) throws SQLException, IOException {
    try (OfflineCatalog catalog =
        OfflineCatalog.open(pipeline.offline().orElseThrow(), pipeline.name())) {
      return new ParquetFiles(catalog.table(name).orElseThrow());
    }
  }

  /** The rows of a table with deletions applied, without its own columns, sorted. */
  static List<String> present(Pipeline pipeline, String name) throws IOException {
    try (OfflineCatalog catalog =
            OfflineCatalog.open(pipeline.offline().orElseThrow(), pipeline.name());
        CloseableIterable<Record> records =
            IcebergGenerics.read(catalog.table(name).orElseThrow()).build()) {
      List<String> rows = new ArrayList<>();
      for (Record record : records) {
        Map<String, Object> row = new TreeMap<>();
        record.struct().fields().stream()
            .map(field -> field.name())
            .filter(field -> !field.startsWith("_"))
            .forEach(field -> row.put(field, record.getField(field)));
        rows.add(row.toString());
      }
      rows.sort(String::compareTo);
      return rows;
    }
  }

  TreeSet<String> partitions() {
    return partitions;
  }

  /** Files that say which of the rows are gone, counted for each data file that they reach. */
  int deleteFiles() {
    return deleteFiles;
  }

  List<String> files() {
    return files;
  }

  long count() throws SQLException {
    return (Long) row("SELECT count(*) FROM t").get(0);
  }

  List<Object> row(String sql) throws SQLException {
    try (Statement statement = duckdb.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        row.add(result.getObject(i));
      }
      return row;
    }
  }

  List<String> strings(String sql) throws SQLException {
    try (Statement statement = duckdb.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (result.next()) {
        strings.add(result.getString(1));
      }
      return strings;
    }
  }

  @Override
  public void close() throws SQLException {
    duckdb.close();
  }

  static Path folder(Pipeline pipeline, String table) {
    return Path.of(pipeline.offline().orElseThrow().warehouse(), pipeline.name(), table);
  }
}
