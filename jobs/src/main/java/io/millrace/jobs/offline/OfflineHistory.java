package io.millrace.jobs.offline;

import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.source.IcebergSource;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * Reads history back, as it is at one snapshot of a table, into a batch job.
 *
 * <p>Rows come in no order; {@link HistoricRow#sequence} tells the order of those with equal event
 * time. Columns that a table has not (yet) are null, those that a row has no field for are passed
 * over.
 */
public final class OfflineHistory {
  private static final long MICROS = 1_000;

  private final OfflineSpec spec;
  private final String pipeline;

  private OfflineHistory(OfflineSpec spec, String pipeline) {
    this.spec = spec;
    this.pipeline = pipeline;
  }

  /**
   * The history of a pipeline.
   *
   * @throws IllegalArgumentException if it keeps none
   */
  public static OfflineHistory of(Pipeline pipeline) {
    return new OfflineHistory(
        pipeline
            .offline()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "pipeline "
                            + pipeline.name()
                            + " keeps no history: add offline: {warehouse: …} to its file")),
        pipeline.name());
  }

  /**
   * The newest snapshot of a table.
   *
   * @param table for example {@code OfflineSpec.history(source).name()}
   * @return empty when there is no such table, or never was a row in it
   */
  public OptionalLong snapshot(String table) {
    try (OfflineCatalog catalog = open()) {
      Snapshot snapshot = catalog.table(table).map(Table::currentSnapshot).orElse(null);
      return snapshot == null ? OptionalLong.empty() : OptionalLong.of(snapshot.snapshotId());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The newest snapshot of a source's history.
   *
   * @return empty when the pipeline does not keep it, or never was a row in it
   */
  public static OptionalLong newest(Pipeline pipeline, Source source) {
    boolean keeps =
        pipeline.offline().filter(it -> it.sources().contains(source.name())).isPresent();
    return keeps ? of(pipeline).snapshot(OfflineSpec.history(source).name()) : OptionalLong.empty();
  }

  /**
   * The least event time of a table's rows, from the statistics of its files; no row is read.
   *
   * @return empty when no row has an event time
   */
  public OptionalLong firstEventMillis(String table, long snapshot) {
    return eventTimes(table, snapshot, ContentFile::lowerBounds).min();
  }

  /**
   * The greatest event time of a table's rows, as of {@link #firstEventMillis}. Of a table whose
   * rows are never taken out of it.
   */
  public OptionalLong lastEventMillis(String table, long snapshot) {
    return eventTimes(table, snapshot, ContentFile::upperBounds).max();
  }

  private LongStream eventTimes(
      String name, long snapshot, Function<ContentFile<?>, Map<Integer, ByteBuffer>> bounds) {
    return onTable(
        name,
        table -> {
          int column = table.schema().findField(TableLayout.EVENT_TIME).fieldId();
          LongStream.Builder times = LongStream.builder();
          try (CloseableIterable<FileScanTask> tasks =
              table.newScan().useSnapshot(snapshot).includeColumnStats().planFiles()) {
            for (FileScanTask task : tasks) {
              Map<Integer, ByteBuffer> ofColumns = bounds.apply(task.file());
              ByteBuffer bound = ofColumns == null ? null : ofColumns.get(column);
              if (bound != null) {
                long micros = Conversions.fromByteBuffer(Types.TimestampType.withZone(), bound);
                times.add(Math.floorDiv(micros, MICROS));
              }
            }
          } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
          }
          return times.build();
        });
  }

  /**
   * How far in its topic a source's history reaches at a snapshot. Mostly from the statistics of
   * files; where these do not tell, two columns of some files are read, by the caller's thread.
   *
   * @throws IllegalArgumentException if the source's records have no positions
   */
  public HistoryPositions positions(Source source, long snapshot) {
    if (!source.hasPositions()) {
      throw new IllegalArgumentException(
          "source " + source.name() + " is no topic: its rows have no positions");
    }
    try (OfflineCatalog catalog = open()) {
      Table table = table(catalog, OfflineSpec.history(source).name());
      Schema schema = table.schemas().get(schemaId(table, snapshot));
      return new PositionScan(table, snapshot, schema).positions();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * All rows of a source: {@link #rows(StreamExecutionEnvironment, Source, long, HistoryRange)}.
   */
  public DataStream<RowData> rows(StreamExecutionEnvironment env, Source source, long snapshot) {
    return rows(env, source, snapshot, HistoryRange.ALL);
  }

  /** Rows of a source: of its row type, with their kinds, timestamps being event times. */
  public DataStream<RowData> rows(
      StreamExecutionEnvironment env, Source source, long snapshot, HistoryRange range) {
    String uid = uid(OfflineSpec.history(source).name());
    return historicRows(env, source, snapshot, range)
        .map(HistoricRow::row)
        .returns(InternalTypeInfo.of(source.rowType()))
        .name(source.name() + ": rows")
        .uid(uid + "-plain");
  }

  /**
   * The same rows with what tells their order.
   *
   * @see #rows(StreamExecutionEnvironment, Source, long, HistoryRange)
   */
  public DataStream<HistoricRow> historicRows(
      StreamExecutionEnvironment env, Source source, long snapshot, HistoryRange range) {
    TableLayout layout = TableLayout.history(source);
    Read read = read(env, layout, snapshot, range);
    return read.rows()
        .map(new HistoricRows(read.type(), source.rowType()))
        .returns(new HistoricRowTypeInfo(source.rowType()))
        .name(source.name() + ": history")
        .uid(uid(layout.table().name()) + "-rows")
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<HistoricRow>noWatermarks()
                .withTimestampAssigner((row, none) -> row.eventTimeMillis()))
        .name(source.name() + ": event times")
        .uid(uid(layout.table().name()) + "-times");
  }

  /**
   * The rows of a changing source as they were at a snapshot of its state table, which {@link
   * OfflineSpec#state} names: one per primary key, all of them inserts.
   *
   * @throws IllegalArgumentException if the source has no such table
   */
  public DataStream<RowData> present(StreamExecutionEnvironment env, Source source, long snapshot) {
    if (OfflineSpec.state(source).isEmpty()) {
      throw new IllegalArgumentException(
          "source "
              + source.name()
              + " has no table of present rows: its rows never change, or have no primary key");
    }
    TableLayout layout = TableLayout.state(source);
    Read read = read(env, layout, snapshot, HistoryRange.ALL);
    return read.rows()
        .map(new HistoricRows(read.type(), source.rowType()))
        .returns(new HistoricRowTypeInfo(source.rowType()))
        .name(source.name() + ": present rows")
        .uid(uid(layout.table().name()) + "-rows")
        .map(HistoricRow::row)
        .returns(InternalTypeInfo.of(source.rowType()))
        .name(source.name() + ": rows")
        .uid(uid(layout.table().name()) + "-plain");
  }

  /** All vectors of a view that were ever emitted; timestamps are their event times. */
  public DataStream<FeatureVector> vectors(
      StreamExecutionEnvironment env, FeatureSchema schema, long snapshot) {
    TableLayout layout = TableLayout.vectors(schema);
    Read read = read(env, layout, snapshot, HistoryRange.ALL);
    return read.rows()
        .map(new HistoricVectors(read.type(), schema))
        .returns(new FeatureVectorTypeInfo(schema))
        .name(schema.view() + ": history")
        .uid(uid(layout.table().name()) + "-rows")
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<FeatureVector>noWatermarks()
                .withTimestampAssigner((vector, none) -> vector.eventTimeMillis()))
        .name(schema.view() + ": event times")
        .uid(uid(layout.table().name()) + "-times");
  }

  private record Read(DataStream<RowData> rows, RowType type) {}

  private Read read(
      StreamExecutionEnvironment env, TableLayout layout, long snapshot, HistoryRange range) {
    String name = layout.table().name();
    Schema wanted =
        onTable(name, table -> wanted(table.schemas().get(schemaId(table, snapshot)), layout));
    RowType type = FlinkSchemaUtil.convert(wanted);
    List<Expression> filters = range.filters(wanted.findField(TableLayout.OFFSET) != null);
    IcebergSource<RowData> source =
        IcebergSource.forRowData()
            .tableLoader(OfflineCatalog.loader(spec, pipeline, name))
            .streaming(false)
            .useSnapshotId(snapshot)
            .project(wanted)
            .filters(filters)
            .build();
    return new Read(
        env.fromSource(
                source,
                WatermarkStrategy.noWatermarks(),
                name + ": Iceberg",
                InternalTypeInfo.of(type))
            .uid(uid(name) + "-read"),
        type);
  }

  private static int schemaId(Table table, long snapshot) {
    Snapshot found = table.snapshot(snapshot);
    if (found == null) {
      throw new IllegalArgumentException(
          "table %s has no snapshot %d (any more); newest: %s"
              .formatted(
                  table.name(),
                  snapshot,
                  table.currentSnapshot() == null ? "none" : table.currentSnapshot().snapshotId()));
    }
    return found.schemaId();
  }

  /**
   * The columns of the layout that the table has, in the layout's order and of the table's types.
   */
  private static Schema wanted(Schema schema, TableLayout layout) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (String column : layout.columns().getFieldNames()) {
      Types.NestedField field = schema.findField(column);
      if (field != null) {
        fields.add(field);
      }
    }
    return new Schema(fields);
  }

  private <T> T onTable(String name, Function<Table, T> work) {
    try (OfflineCatalog catalog = open()) {
      return work.apply(table(catalog, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Table table(OfflineCatalog catalog, String name) {
    return catalog
        .table(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no table %s.%s in %s; it is made when the pipeline is submitted"
                        .formatted(pipeline, name, spec.warehouse())));
  }

  private OfflineCatalog open() {
    return OfflineCatalog.open(spec, pipeline);
  }

  private static String uid(String table) {
    return "history-" + table;
  }
}
