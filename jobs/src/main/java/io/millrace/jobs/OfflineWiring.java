package io.millrace.jobs;

import io.millrace.evolution.SourceContract;
import io.millrace.features.CompiledView;
import io.millrace.ingest.PositionedRows;
import io.millrace.jobs.offline.OfflineSink;
import io.millrace.jobs.offline.OfflineTables;
import io.millrace.offline.OfflineTopology;
import io.millrace.offline.StoredRow;
import io.millrace.offline.StoredRowTypeInfo;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.OfflineSpec.Content;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Wires sources and views to their history tables. */
final class OfflineWiring {
  private static final String ICEBERG = "org.apache.iceberg.flink.CatalogLoader";
  private static final String HADOOP = "org.apache.hadoop.fs.LocalFileSystem";

  private final Pipeline pipeline;
  private final ContractStreams contracts;

  private OfflineWiring(Pipeline pipeline, ContractStreams contracts) {
    this.pipeline = pipeline;
    this.contracts = contracts;
  }

  /**
   * Adds all history tables of a pipeline.
   *
   * @param rows of a source, those that were sent back after a fix included, with their positions
   *     where it has such
   * @param vectors of a view
   */
  static void add(
      Pipeline pipeline,
      ContractStreams contracts,
      Function<Source, DataStream<RowData>> rows,
      Function<FeatureViewSpec, DataStream<FeatureVector>> vectors) {
    OfflineSpec spec = pipeline.offline().orElseThrow();
    requireIceberg();
    OfflineWiring wiring = new OfflineWiring(pipeline, contracts);
    StoredRowTypeInfo tables = new StoredRowTypeInfo(OfflineTables.layouts(pipeline));
    List<DataStream<StoredRow>> streams = new ArrayList<>();
    for (int i = 0; i < tables.tables().size(); i++) {
      TableLayout layout = tables.tables().get(i);
      SingleOutputStreamOperator<StoredRow> stored =
          layout.table().content() == Content.VECTORS
              ? wiring.vectors(layout, vectors, i, tables)
              : wiring.rows(layout, rows, i, tables);
      stored.name(layout.table().name() + ": history").uid(Uids.offlineRows(layout.table().name()));
      // Changes of one row must not overtake each other on their way to a table of present rows.
      streams.add(
          layout.table().content() == Content.STATE ? stored.keyBy(StoredRow::route) : stored);
    }
    if (!streams.isEmpty()) {
      OfflineSink.write(union(streams), spec, pipeline.name(), Uids.offline());
    }
  }

  /** Makes the tables that are missing. */
  static void prepare(Pipeline pipeline) throws IOException {
    requireIceberg();
    OfflineTables.prepare(pipeline);
  }

  private static void requireIceberg() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    for (String name : List.of(ICEBERG, HADOOP)) {
      try {
        Class.forName(name, false, loader);
      } catch (ClassNotFoundException | LinkageError missing) {
        throw new IllegalStateException(
            "the capability offline needs Iceberg and Hadoop, but there is no class "
                + name
                + ": put iceberg-flink-runtime-2.1, hadoop-client-api and hadoop-client-runtime"
                + " into Flink's lib folder (see docs/offline.md), or leave offline out with"
                + " --only",
            missing);
      }
    }
  }

  /** All of them; the writers take the parallelism of the widest. */
  private static DataStream<StoredRow> union(List<DataStream<StoredRow>> streams) {
    List<DataStream<StoredRow>> widestFirst = new ArrayList<>(streams);
    Comparator<DataStream<StoredRow>> parallelism =
        Comparator.comparingInt(DataStream::getParallelism);
    widestFirst.sort(parallelism.reversed());
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    DataStream<StoredRow>[] others =
        widestFirst.subList(1, widestFirst.size()).toArray(new DataStream[0]);
    return widestFirst.get(0).union(others);
  }

  private SingleOutputStreamOperator<StoredRow> rows(
      TableLayout layout,
      Function<Source, DataStream<RowData>> rows,
      int table,
      StoredRowTypeInfo tables) {
    Source source = pipeline.source(layout.table().owner()).orElseThrow();
    DataStream<RowData> kept = rows.apply(source);
    RowType type = PositionedRows.typeOf(kept);
    return layout.carriesEvolved()
        ? OfflineTopology.evolvingRows(
            kept,
            type,
            contracts.versions(),
            SourceContract.of(source),
            contracts.log(),
            table,
            tables)
        : OfflineTopology.rows(kept, type, table, tables);
  }

  private SingleOutputStreamOperator<StoredRow> vectors(
      TableLayout layout,
      Function<FeatureViewSpec, DataStream<FeatureVector>> vectors,
      int table,
      StoredRowTypeInfo tables) {
    FeatureViewSpec view = pipeline.featureView(layout.table().owner()).orElseThrow();
    return OfflineTopology.vectors(
        vectors.apply(view), CompiledView.of(pipeline, view).schema(), table, tables);
  }
}
