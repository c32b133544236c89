package io.millrace.bench;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddedRow;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.QdrantServer;
import io.millrace.vectors.QdrantSink;
import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.QueryPoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** VECTOR_SEARCH against the bare client: ten nearest of 30,000 points, by the vector index. */
final class SqlSearch implements SqlBench.Pair {
  private static final int POINTS = 30_000;
  private static final int QUERIES = 4_000;
  private static final int NEAREST = 10;
  private static final int BATCH = 64;
  private static final int IN_FLIGHT = 4;
  private static final String COLLECTION = "searched";
  private static final RowType TYPE =
      (RowType)
          DataTypes.ROW(DataTypes.FIELD("v", DataTypes.ARRAY(DataTypes.FLOAT()))).getLogicalType();

  private final QdrantServer server;
  private final QdrantClient client;
  private final List<float[]> queries = new ArrayList<>();
  private final List<RowData> rows = new ArrayList<>();

  SqlSearch(Path dir) throws Exception {
    server = QdrantServer.start(dir);
    client =
        new QdrantClient(
            QdrantGrpcClient.newBuilder("127.0.0.1", server.grpcPort(), false, false).build());
    BenchPoints points = new BenchPoints(7);
    QdrantSpec spec =
        new QdrantSpec(
            server.url(),
            Optional.empty(),
            COLLECTION,
            Optional.empty(),
            List.of(),
            List.of(),
            false,
            128,
            4,
            Duration.ofMinutes(1));
    try (SinkWriter<EmbeddedRow> writer =
        WriterOutsideOfAJob.of(new QdrantSink(spec, BenchPoints.schema(COLLECTION, false)))) {
      for (int i = 0; i < POINTS; i++) {
        writer.write(points.row(i), null);
      }
      writer.flush(true);
    }
    try (BarePoints bare = new BarePoints("127.0.0.1", server.grpcPort())) {
      Deadline.await(
          Duration.ofMinutes(2),
          () -> "Qdrant to build its index",
          () -> bare.indexedVectors(COLLECTION) > 0 && bare.isSettled(COLLECTION));
    }
    for (int i = 0; i < QUERIES; i++) {
      queries.add(points.vector());
      rows.add(GenericRowData.of(new GenericArrayData(queries.get(i))));
    }
  }

  @Override
  public String name() {
    return "searches by the bare client";
  }

  @Override
  public double peer() throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger found = new AtomicInteger();
    Callable<Void> caller =
        () -> {
          for (int from = next.getAndAdd(BATCH); from < QUERIES; from = next.getAndAdd(BATCH)) {
            List<QueryPoints> batch =
                queries.subList(from, Math.min(QUERIES, from + BATCH)).stream()
                    .map(SqlSearch::query)
                    .toList();
            for (BatchResult each : client.queryBatchAsync(COLLECTION, batch).get()) {
              found.addAndGet(each.getResultCount());
            }
          }
          return null;
        };
    double seconds = SqlBench.seconds(Collections.nCopies(IN_FLIGHT, caller));
    if (found.get() != QUERIES * NEAREST) {
      throw new IllegalStateException("found " + found);
    }
    return QUERIES / seconds;
  }

  private static QueryPoints query(float[] vector) {
    return QueryPoints.newBuilder()
        .setCollectionName(COLLECTION)
        .setQuery(QueryFactory.nearest(vector))
        .setLimit(NEAREST)
        .setWithPayload(WithPayloadSelectorFactory.include(List.of("model", "seats", "_key")))
        .build();
  }

  @Override
  public double ours() throws Exception {
    return SqlRun.rate(
        rows,
        TYPE,
        1,
        RuntimeExecutionMode.STREAMING,
        sql ->
            sql.executeSql(
                "CREATE TEMPORARY TABLE planes (model STRING, seats INT, _key STRING, emb"
                    + " ARRAY<FLOAT>) WITH ('connector' = 'qdrant', 'url' = '%s', 'collection' ="
                        .formatted(server.url())
                    + " '%s', 'search.vectors' = 'false', 'batch' = '%d', 'in-flight' = '%d')"
                        .formatted(
                            COLLECTION,
                            BATCH,
                            IN_FLIGHT / Runtime.getRuntime().availableProcessors())),
        "SELECT model, seats, _key, score FROM input, LATERAL TABLE(VECTOR_SEARCH(TABLE planes,"
            + " DESCRIPTOR(emb), input.v, "
            + NEAREST
            + ", MAP['async', 'true', 'max-concurrent-operations', '256']))",
        (long) QUERIES * NEAREST);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
