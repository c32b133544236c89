package io.millrace.bench;

import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddedRow;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.QdrantServer;
import io.millrace.vectors.FoundPoint;
import io.millrace.vectors.QdrantSink;
import io.millrace.vectors.VectorQuery;
import io.millrace.vectors.VectorSearch;
import io.qdrant.client.grpc.Points.PointStruct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * {@code scripts/bench qdrant}: how many points a second the sink's writer brings into Qdrant,
 * against the bare client, and how long a search takes among 100,000.
 *
 * <p>Writing: both write the same points with the same payload, byte for byte, in batches of 128
 * with four under way, into a collection that is made anew for every round, of one server in a
 * process of its own. The client gets its points ready made; the sink gets rows, makes points of
 * them, and guards every write by its version. Then both write all points twice more, as changed
 * rows would be. Twenty rows have the same event time, as those that come within one millisecond
 * have; the last time none has that of another, which is the most that the guard can cost. Rounds
 * are interleaved, figures are medians. The collections stay below the size from which Qdrant
 * builds a vector index, whose cost is the same for both.
 *
 * <p>Searching: one after the other, by {@link VectorSearch#search}, with an encoder that has the
 * vectors already: the figures are those of the search without the model.
 */
public final class QdrantBench {

  private static final int POINTS = 10_000;
  private static final int SEARCHED_POINTS = 100_000;
  private static final int BATCH = 128;
  private static final int IN_FLIGHT = 4;
  private static final int ROUNDS = 9;
  private static final int WARM_UP_ROUNDS = 3;
  private static final int QUERIES = 1_000;
  private static final int WARM_UP_QUERIES = 300;
  private static final int NEIGHBOURS = 10;
  private static final long SEED = 7;
  private static final String OURS = "sink";
  private static final String BARE = "bare";
  private static final Duration INDEX_PATIENCE = Duration.ofMinutes(10);

  /** Held, or its level would be forgotten. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private final QdrantServer qdrant;
  private final BarePoints bare;
  private final BenchPoints points = new BenchPoints(SEED);

  /**
   * Points a second.
   *
   * @param inserts of points that were not there
   * @param updates of points that were
   * @param scattered of points that were, whose rows have all another time
   */
  private record Round(double inserts, double updates, double scattered) {}

  /** Median and 95th percentile, in milliseconds. */
  private record Latency(double p50, double p95) {}

  private QdrantBench(QdrantServer qdrant, BarePoints bare) {
    this.qdrant = qdrant;
    this.bare = bare;
  }

  public static void main(String[] args) throws Exception {
    // It tells the console that it found epoll.
    GRPC.setLevel(Level.WARNING);
    try (ScratchFolder dir = ScratchFolder.of("qdrant");
        QdrantServer qdrant = QdrantServer.start(dir.path());
        BarePoints bare = new BarePoints("127.0.0.1", qdrant.grpcPort())) {
      QdrantBench bench = new QdrantBench(qdrant, bare);
      double ratio = bench.compareWrites();
      Latency search = bench.search();
      System.out.printf(
          "ratio=%.2f search_p50_ms=%.2f search_p95_ms=%.2f%n", ratio, search.p50, search.p95);
    }
  }

  private QdrantSpec spec(String collection, boolean bulk) {
    return new QdrantSpec(
        qdrant.url(),
        Optional.empty(),
        collection,
        Optional.of(BenchPoints.TENANT_FIELD),
        List.of(),
        List.of(),
        bulk,
        BATCH,
        IN_FLIGHT,
        Duration.ofMinutes(1));
  }

  private double compareWrites() throws Exception {
    System.out.printf(
        "%,d points of %d dimensions and 5 payload fields, batches of %d, %d under way, medians of"
            + " %d rounds%n",
        POINTS, BenchPoints.DIMENSION, BATCH, IN_FLIGHT, ROUNDS);
    List<EmbeddedRow> rows = IntStream.range(0, POINTS + BATCH).mapToObj(points::row).toList();
    writeByTheSink(rows);
    List<PointStruct> ready = new ArrayList<>(bare.read(OURS));
    if (ready.size() != rows.size()) {
      throw new IllegalStateException(rows.size() + " rows, but " + ready.size() + " points");
    }
    Collections.shuffle(ready, new Random(SEED));
    List<Round> ours = new ArrayList<>();
    List<Round> theirs = new ArrayList<>();
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      Round their = writeBare(ready);
      Round our = writeByTheSink(rows);
      if (round >= 0) {
        theirs.add(their);
        ours.add(our);
      }
    }
    print("new points", theirs, ours, Round::inserts);
    print("changed points", theirs, ours, Round::updates);
    print("changed points, no two of one time", theirs, ours, Round::scattered);
    System.out.println();
    return median(ours, Round::inserts) / median(theirs, Round::inserts);
  }

  private static void print(
      String what, List<Round> theirs, List<Round> ours, ToDoubleFunction<Round> rate) {
    double bare = median(theirs, rate);
    double sink = median(ours, rate);
    System.out.printf(
        "  %-34s bare client %,7.0f/s  sink %,7.0f/s  ratio %.2f%n", what, bare, sink, sink / bare);
  }

  /** The first batch is not counted: it connects, and makes the collection. */
  private Round writeByTheSink(List<EmbeddedRow> rows) throws Exception {
    bare.delete(OURS);
    bare.delete(OURS + ".tombstones");
    QdrantSink sink = new QdrantSink(spec(OURS, false), BenchPoints.schema(OURS, true));
    try (SinkWriter<EmbeddedRow> writer = WriterOutsideOfAJob.of(sink)) {
      write(writer, rows.subList(0, BATCH));
      double inserts = rate(() -> write(writer, rows.subList(BATCH, rows.size())));
      List<EmbeddedRow> changed =
          rows.stream().skip(BATCH).map(row -> BenchPoints.later(row, 60_000_000)).toList();
      double updates = rate(() -> write(writer, changed));
      List<EmbeddedRow> scattered =
          IntStream.range(0, POINTS)
              .mapToObj(i -> BenchPoints.later(changed.get(i), 60_000_000L + 10_000L * i))
              .toList();
      return new Round(inserts, updates, rate(() -> write(writer, scattered)));
    }
  }

  private Round writeBare(List<PointStruct> ready) throws Exception {
    bare.create(BARE);
    bare.write(BARE, ready.subList(0, BATCH), BATCH, IN_FLIGHT);
    List<PointStruct> counted = ready.subList(BATCH, ready.size());
    return new Round(
        rate(() -> bare.write(BARE, counted, BATCH, IN_FLIGHT)),
        rate(() -> bare.write(BARE, counted, BATCH, IN_FLIGHT)),
        rate(() -> bare.write(BARE, counted, BATCH, IN_FLIGHT)));
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double rate(Work work) throws Exception {
    long began = System.nanoTime();
    work.run();
    return POINTS * 1e9 / (System.nanoTime() - began);
  }

  private static void write(SinkWriter<EmbeddedRow> writer, List<EmbeddedRow> rows)
      throws Exception {
    for (EmbeddedRow row : rows) {
      writer.write(row, null);
    }
    writer.flush(false);
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> rate) {
    return Median.of(rounds.stream().map(rate::applyAsDouble).toList());
  }

  private Latency search() throws Exception {
    bare.delete(OURS);
    bare.delete(OURS + ".tombstones");
    bare.delete(BARE);
    String collection = "searched";
    QdrantSink sink = new QdrantSink(spec(collection, true), BenchPoints.schema(collection, true));
    long began = System.nanoTime();
    try (SinkWriter<EmbeddedRow> writer = WriterOutsideOfAJob.of(sink)) {
      for (int number = 0; number < SEARCHED_POINTS; number++) {
        writer.write(points.row(number), null);
      }
      writer.flush(true);
    }
    double loaded = seconds(began);
    Deadline.await(
        INDEX_PATIENCE,
        () -> "Qdrant to build its index",
        () -> bare.indexedVectors(collection) > 0 && bare.isSettled(collection));
    System.out.printf(
        "%,d points loaded in %.0f s in bulk, indexed %.0f s later (%,d in the index)%n",
        SEARCHED_POINTS, loaded, seconds(began) - loaded, bare.indexedVectors(collection));
    System.out.printf(
        "%d nearest, without the model, one query after the other, %,d queries each%n",
        NEIGHBOURS, QUERIES);
    Latency all = latency(collection, false);
    print("of all points", all);
    print("of one tenant in " + BenchPoints.TENANTS, latency(collection, true));
    return all;
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private Latency latency(String collection, boolean tenants) throws Exception {
    try (VectorSearch search =
        VectorSearch.of(
            new ReadyVectors(points),
            spec(collection, false),
            BenchPoints.schema(collection, tenants))) {
      double[] millis = new double[QUERIES];
      for (int i = -WARM_UP_QUERIES; i < QUERIES; i++) {
        VectorQuery query =
            new VectorQuery(
                "query " + i,
                tenants ? Optional.of(BenchPoints.tenant(i + WARM_UP_QUERIES)) : Optional.empty(),
                Map.of(),
                NEIGHBOURS);
        long began = System.nanoTime();
        List<FoundPoint> found = search.search(query);
        double took = (System.nanoTime() - began) / 1e6;
        if (found.size() != NEIGHBOURS) {
          throw new IllegalStateException(query + " found " + found.size() + " points");
        }
        if (i >= 0) {
          millis[i] = took;
        }
      }
      Arrays.sort(millis);
      return new Latency(millis[QUERIES / 2], millis[QUERIES * 95 / 100]);
    }
  }

  private static void print(String what, Latency latency) {
    System.out.printf("  %-24s p50 %5.2f ms  p95 %5.2f ms%n", what, latency.p50, latency.p95);
  }

  /** Gives every text the next vector at once. */
  private record ReadyVectors(BenchPoints points) implements TextEncoder {
    @Override
    public EmbeddingModel model() {
      return new EmbeddingModel(BenchPoints.MODEL, BenchPoints.DIMENSION);
    }

    @Override
    public List<Encoding> encode(List<String> texts, Purpose purpose) {
      return texts.stream().map(text -> Encoding.of(points.vector(), 1, false)).toList();
    }

    @Override
    public void close() {}
  }
}
