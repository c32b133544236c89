package io.millrace.jobs.offline;

import io.millrace.offline.EvolvedColumns;
import io.millrace.offline.StoredRow;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.Collector;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.sink.dynamic.DynamicRecord;
import org.apache.iceberg.flink.sink.dynamic.DynamicRecordGenerator;
import org.apache.iceberg.types.Types;

/**
 * Says of each row which table it goes to and which columns it has. Fields that a contract learned
 * are taken out of {@code _evolved} into columns of their own.
 *
 * <p>A column keeps the type it was made with: values of another that do not fit stay in {@code
 * _evolved} alone. What a subtask knows of columns is read from the table when it starts.
 */
final class RecordsOfTables implements DynamicRecordGenerator<StoredRow> {
  private static final long serialVersionUID = 1L;

  private final CatalogLoader catalog;
  private final String pipeline;
  private final List<TableLayout> layouts;
  private final int parallelism;
  private transient List<Target> targets;

  RecordsOfTables(
      CatalogLoader catalog, String pipeline, List<TableLayout> layouts, int parallelism) {
    this.catalog = catalog;
    this.pipeline = pipeline;
    this.layouts = new ArrayList<>(layouts);
    this.parallelism = parallelism;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    targets = new ArrayList<>();
    try (OfflineCatalog opened = OfflineCatalog.open(catalog, pipeline)) {
      for (TableLayout layout : layouts) {
        Map<String, LogicalType> known = new HashMap<>();
        opened
            .table(layout.table().name())
            .map(Table::schema)
            .ifPresent(schema -> known.putAll(columns(schema)));
        targets.add(new Target(pipeline, layout, known, parallelism));
      }
    }
  }

  private static Map<String, LogicalType> columns(Schema schema) {
    Map<String, LogicalType> columns = new HashMap<>();
    for (Types.NestedField field : schema.columns()) {
      columns.put(field.name(), FlinkSchemaUtil.convert(field.type()));
    }
    return columns;
  }

  @Override
  public void generate(StoredRow stored, Collector<DynamicRecord> out) {
    out.collect(targets.get(stored.table()).record(stored));
  }

  /** One table; NOT thread safe. */
  private static final class Target {
    private static final int MOST_SHAPES = 100;

    /** The columns of rows that know the same version of their contract. */
    private record Shape(EvolvedColumns evolved, Schema schema, PartitionSpec partitions) {}

    private final TableIdentifier identifier;
    private final TableLayout layout;
    private final Map<String, LogicalType> known;
    private final Set<String> key;
    private final int parallelism;
    private final int evolvedColumn;
    private final Map<String, Shape> shapes = new HashMap<>();

    Target(String pipeline, TableLayout layout, Map<String, LogicalType> known, int parallelism) {
      this.identifier = OfflineCatalog.identifier(pipeline, layout.table().name());
      this.layout = layout;
      this.known = known;
      this.key = new HashSet<>(layout.key());
      this.parallelism = parallelism;
      this.evolvedColumn = layout.columns().getFieldIndex(Source.EVOLVED_COLUMN);
    }

    DynamicRecord record(StoredRow stored) {
      if (shapes.size() > MOST_SHAPES) {
        shapes.clear();
      }
      Shape shape = shapes.computeIfAbsent(stored.evolved(), this::shape);
      RowData row = stored.row();
      if (!shape.evolved().columns().isEmpty()) {
        row = new JoinedRowData(row.getRowKind(), row, beside(row, shape.evolved()));
      }
      if (key.isEmpty()) {
        // Appended where it is: without a distribution there is no way over the network.
        return new DynamicRecord(
            identifier, SnapshotRef.MAIN_BRANCH, shape.schema(), row, shape.partitions());
      }
      DynamicRecord record =
          new DynamicRecord(
              identifier,
              SnapshotRef.MAIN_BRANCH,
              shape.schema(),
              row,
              shape.partitions(),
              DistributionMode.HASH,
              parallelism);
      record.setUpsertMode(true);
      record.setEqualityFields(key);
      return record;
    }

    /** The same instance for the same columns: the sink compares each schema once. */
    private Shape shape(String evolved) {
      List<EvolvedColumns.Column> columns = new ArrayList<>();
      for (EvolvedColumns.Column column : EvolvedColumns.parse(evolved).columns()) {
        LogicalType type = known.computeIfAbsent(column.name(), any -> column.type());
        if (type.getChildren().isEmpty()) {
          columns.add(new EvolvedColumns.Column(column.name(), type.copy(true)));
        }
      }
      EvolvedColumns ours = new EvolvedColumns(columns);
      Schema schema = TableForm.schema(layout, ours);
      return new Shape(ours, schema, TableForm.partitions(layout, schema));
    }

    private RowData beside(RowData row, EvolvedColumns evolved) {
      GenericRowData beside = new GenericRowData(evolved.columns().size());
      if (row.isNullAt(evolvedColumn)) {
        return beside;
      }
      MapData map = row.getMap(evolvedColumn);
      ArrayData keys = map.keyArray();
      ArrayData values = map.valueArray();
      Map<String, String> carried = new HashMap<>();
      for (int i = 0; i < map.size(); i++) {
        carried.put(keys.getString(i).toString(), values.getString(i).toString());
      }
      for (int i = 0; i < evolved.columns().size(); i++) {
        EvolvedColumns.Column column = evolved.columns().get(i);
        String json = carried.get(column.name());
        beside.setField(i, json == null ? null : EvolvedColumns.value(column.type(), json));
      }
      return beside;
    }
  }
}
