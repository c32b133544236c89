package io.millrace.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Secret;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.millrace.records.PointIds;
import io.millrace.testkit.QdrantServer;
import io.qdrant.client.VectorOutputHelper;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/** A collection of planes in a Qdrant, as the tests write and read it. */
record PlaneCollection(QdrantSpec spec, EmbeddingSchema schema) {

  static final String MODEL = "test-model";

  static PlaneCollection at(QdrantServer qdrant, String name, int batch) {
    return at(qdrant.url(), Optional.empty(), name, batch, Duration.ofSeconds(60));
  }

  static PlaneCollection at(
      String url, Optional<Secret> apiKey, String name, int batch, Duration patience) {
    RowType payload =
        RowType.of(
            new LogicalType[] {new VarCharType(VarCharType.MAX_LENGTH), new BigIntType()},
            new String[] {"manufacturer", "seats"});
    return new PlaneCollection(
        new QdrantSpec(
            url,
            apiKey,
            name,
            Optional.of("owner"),
            List.of("manufacturer", "seats"),
            List.of("manufacturer", "seats"),
            false,
            batch,
            4,
            patience),
        new EmbeddingSchema("plane_vectors", "planes", name, "owner", payload));
  }

  static EmbeddedRow plane(int number, long version, long seats, float... vector) {
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        PointIds.of("planes", key(number), 0),
        key(number),
        "owner-" + number % 2,
        0,
        MODEL,
        "hash-" + seats,
        version,
        "a plane of " + seats + " seats",
        vector,
        GenericRowData.of(StringData.fromString("AIRBUS"), seats));
  }

  static EmbeddedRow gone(int number, long version) {
    return EmbeddedRow.delete(
        PointIds.of("planes", key(number), 0), key(number), "owner-" + number % 2, 0, version);
  }

  private static String key(int number) {
    return "{\"tailnum\":\"N" + number + "\"}";
  }

  /** A writer, what it could not write, and what it has written. */
  record Writer(QdrantWriter sink, List<String> refused, List<EmbeddedRow> acknowledged)
      implements AutoCloseable {

    void write(EmbeddedRow... rows) throws Exception {
      for (EmbeddedRow row : rows) {
        sink.write(row, null);
      }
    }

    void flush() throws Exception {
      sink.flush(false);
    }

    @Override
    public void close() {
      sink.close();
    }
  }

  Writer writer() {
    return writer(new TestProcessingTimeService());
  }

  Writer writer(TestProcessingTimeService time) {
    List<String> refused = new ArrayList<>();
    List<EmbeddedRow> acknowledged = new ArrayList<>();
    return new Writer(
        new QdrantSink(spec, schema)
            .writer(
                time,
                UnregisteredMetricsGroup.createSinkWriterMetricGroup(),
                (row, why) -> refused.add(row.key() + " " + why),
                acknowledged::add),
        refused,
        acknowledged);
  }

  void write(EmbeddedRow... rows) throws Exception {
    try (Writer writer = writer()) {
      writer.write(rows);
      writer.flush();
      assertThat(writer.refused()).isEmpty();
    }
  }

  /** The same, loaded before its index is built. */
  PlaneCollection inBulk() {
    return with(spec.caFile(), true, spec.deletesKept());
  }

  /** The same, trusting only who has signed the server's certificate. */
  PlaneCollection trusting(Path authority) {
    return with(Optional.of(authority.toString()), spec.bulk(), spec.deletesKept());
  }

  /** The same, with another memory of deletes. */
  PlaneCollection keepingDeletes(Duration time) {
    return with(spec.caFile(), spec.bulk(), time);
  }

  private PlaneCollection with(Optional<String> authority, boolean bulk, Duration deletesKept) {
    return new PlaneCollection(
        new QdrantSpec(
            spec.url(),
            spec.apiKey(),
            authority,
            spec.collection(),
            spec.tenant(),
            spec.payload(),
            spec.indexes(),
            bulk,
            spec.batch(),
            spec.inFlight(),
            spec.patience(),
            deletesKept),
        schema);
  }

  /** Links of a point in the vector index; zero: there is none. */
  long links() throws Exception {
    try (QdrantLink link = new QdrantLink(QdrantAddress.of(spec))) {
      return link.call(client -> client.getCollectionInfoAsync(schema.collection()))
          .getConfig()
          .getHnswConfig()
          .getM();
    }
  }

  /** The keys of points that say so, and of whom they are duplicates. */
  List<String> marks() throws Exception {
    try (QdrantLink link = new QdrantLink(QdrantAddress.of(spec))) {
      ScrollPoints request =
          ScrollPoints.newBuilder()
              .setCollectionName(schema.collection())
              .setLimit(100_000)
              .setWithPayload(WithPayloadSelectorFactory.enable(true))
              .build();
      return link.call(client -> client.scrollAsync(request)).getResultList().stream()
          .map(RetrievedPoint::getPayloadMap)
          .filter(payload -> payload.containsKey(DuplicateMarks.FIELD))
          .map(
              payload ->
                  payload.get(PointFields.KEY).getStringValue()
                      + " is "
                      + payload.get(DuplicateMarks.FIELD).getStringValue())
          .sorted()
          .toList();
    }
  }

  /** Key, version, seats and vector of every point. */
  Map<String, String> points() throws Exception {
    try (QdrantLink link = new QdrantLink(QdrantAddress.of(spec))) {
      ScrollPoints request =
          ScrollPoints.newBuilder()
              .setCollectionName(schema.collection())
              .setLimit(100_000)
              .setWithPayload(WithPayloadSelectorFactory.enable(true))
              .setWithVectors(WithVectorsSelectorFactory.enable(true))
              .build();
      Map<String, String> points = new TreeMap<>();
      for (RetrievedPoint point :
          link.call(client -> client.scrollAsync(request)).getResultList()) {
        Map<String, Value> payload = point.getPayloadMap();
        points.put(
            payload.get(PointFields.KEY).getStringValue(),
            payload.get(PointFields.VERSION).getIntegerValue()
                + " "
                + payload.get("seats").getIntegerValue()
                + " "
                + payload.get("owner").getStringValue()
                + " "
                + VectorOutputHelper.getDenseVector(point.getVectors().getVector()).getDataList());
      }
      return points;
    }
  }
}
