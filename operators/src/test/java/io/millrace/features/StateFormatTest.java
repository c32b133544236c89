package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.APPROX_DISTINCT;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.ViewFixture.Ride;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Savepoints outlive releases: what was written once must be read for ever. The files hold what
 * each version wrote, in hex; a new format gets a new file and the old ones stay.
 */
class StateFormatTest {
  private static final long ONE_HOP = 1_000;
  private static final long HOPS_AND_A_HALF = 2_500;

  private final ViewFixture view =
      ViewFixture.hop(1_000)
          .with("rides", COUNT, "*", 5, 100)
          .with("minutes", SUM, "minutes", 100)
          .with("least", MIN, "minutes", 100)
          .with("zones", APPROX_DISTINCT, "zone", 100)
          .with("ever", COUNT, "*");
  private final StateShape shape = StateShape.of(view.plan());

  @Test
  void shouldWriteAndReadTheHeadOfAQuietKey() throws Exception {
    Head head = new FeatureRun(2, HOPS_AND_A_HALF).head;
    check("feature-head-quiet-v2", new HeadSerializer(shape), head);
  }

  @Test
  void shouldWriteAndReadTheHeadOfABusyKey() throws Exception {
    Head head = new FeatureRun(90, ONE_HOP).head;
    assertThat(head.spilled).isTrue();
    check("feature-head-busy-v2", new HeadSerializer(shape), head);
  }

  /** Kept as an object, a key has all of its tiles in its head, however many. */
  @Test
  void shouldWriteAndReadTheHeadOfABusyKeyInOnePiece() throws Exception {
    ViewFixture sums =
        ViewFixture.hop(1_000).with("rides", COUNT, "*", 5, 100).with("least", MIN, "minutes", 100);
    StateShape ofWords = StateShape.of(sums.plan());
    FeatureRun run = new FeatureRun(ofWords, true, 130, HOPS_AND_A_HALF / 2);
    run.ride(0, 70 * ONE_HOP);
    assertThat(run.head.blocks).isNotNull();
    assertThat(run.stored).isEmpty();
    check("feature-head-long-v2", new HeadSerializer(ofWords), run.head);
  }

  @Test
  void shouldWriteAndReadAChunk() throws Exception {
    Chunk chunk = new FeatureRun(90, ONE_HOP).stored.values().iterator().next();
    check("feature-chunk-v1-full", new ChunkSerializer(shape), chunk);
  }

  @Test
  void shouldReadWhatEarlierReleasesWroteOfAChunk() throws Exception {
    ChunkSerializer serializer = new ChunkSerializer(shape);
    byte[] golden = golden("feature-chunk-v1");
    Chunk chunk = serializer.deserialize(new DataInputDeserializer(golden));
    check("feature-chunk-v1", serializer, chunk);
  }

  @Test
  void shouldGoOnWithTheHeadThatVersion1WroteOfAQuietKey() throws Exception {
    FeatureRun was = new FeatureRun(version1().deserialize(in("feature-head-quiet-v1")));
    FeatureRun is = new FeatureRun(2, HOPS_AND_A_HALF);
    assertThat(was.head.spread).isTrue();
    assertThat(is.head.spread).isFalse();
    for (int i = 2; i < 60; i++) {
      assertThat(told(was.head)).as("after %d rides", i).isEqualTo(told(is.head));
      was.ride(i, i * HOPS_AND_A_HALF);
      is.ride(i, i * HOPS_AND_A_HALF);
    }
    // And what became of it is written in the form of today, and read again.
    HeadSerializer serializer = new HeadSerializer(shape);
    DataOutputSerializer out = new DataOutputSerializer(256);
    serializer.serialize(was.head, out);
    Head read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(told(read)).isEqualTo(told(is.head));
  }

  @Test
  void shouldReadTheHeadThatVersion1WroteOfABusyKey() throws Exception {
    Head was = version1().deserialize(in("feature-head-busy-v1"));
    Head is = new FeatureRun(40, HOPS_AND_A_HALF).head;
    assertThat(was.spilled).isTrue();
    assertThat(told(was)).isEqualTo(told(is));
    assertThat(was.timerMillis).isEqualTo(is.timerMillis);
    assertThat(was.pending).isTrue();
  }

  /** The serializer that a savepoint of version 1 brings with it. */
  private TypeSerializer<Head> version1() throws Exception {
    TypeSerializerSnapshot<Head> snapshot = shapeOf("feature-shape-v1");
    assertThat(
            new HeadSerializer(shape)
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAfterMigration())
        .isTrue();
    return snapshot.restoreSerializer();
  }

  private static TypeSerializerSnapshot<Head> shapeOf(String golden) throws Exception {
    return TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
        in(golden), StateFormatTest.class.getClassLoader());
  }

  /** What a head says, whichever way its tiles are kept. */
  private String told(Head head) throws Exception {
    DataOutputSerializer totals = new DataOutputSerializer(256);
    for (int cell = 0; cell < shape.totals(); cell++) {
      head.totals.write(cell, totals);
    }
    return "hop %d version %d newest %d oldest %s totals %s"
        .formatted(
            head.hop,
            head.versionMillis,
            head.newestEventMillis,
            Arrays.toString(head.oldest),
            HexFormat.of().formatHex(totals.getCopyOfBuffer()));
  }

  @Test
  void shouldWriteAndReadTheShapeBesideTheState() throws Exception {
    HeadSerializer serializer = new HeadSerializer(shape);
    DataOutputSerializer out = new DataOutputSerializer(256);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    assertThat(HexFormat.of().formatHex(out.getCopyOfBuffer()))
        .isEqualTo(HexFormat.of().formatHex(golden("feature-shape-v2")));
    TypeSerializerSnapshot<Head> snapshot = shapeOf("feature-shape-v2");
    assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
  }

  private <T> void check(String name, TypeSerializer<T> serializer, T state) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(256);
    serializer.serialize(state, out);
    byte[] golden = golden(name);
    assertThat(HexFormat.of().formatHex(out.getCopyOfBuffer()))
        .as(name)
        .isEqualTo(HexFormat.of().formatHex(golden));
    T read = serializer.deserialize(new DataInputDeserializer(golden));
    DataOutputSerializer again = new DataOutputSerializer(256);
    serializer.serialize(serializer.copy(read), again);
    assertThat(again.getCopyOfBuffer()).as(name + " read and written").isEqualTo(golden);
  }

  private static DataInputDeserializer in(String golden) throws Exception {
    return new DataInputDeserializer(golden(golden));
  }

  private static byte[] golden(String name) throws Exception {
    String file = "/golden/" + name + ".hex";
    try (InputStream in = StateFormatTest.class.getResourceAsStream(file)) {
      assertThat(in).as("golden file src/test/resources%s is missing", file).isNotNull();
      String hex = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.strip());
    }
  }

  /** Some rows of one key, and what is kept of them. */
  private final class FeatureRun implements ChunkStore {
    private final Map<Long, Chunk> stored = new TreeMap<>();
    private final FeatureEngine engine;
    private final boolean live;
    private final Head head;

    FeatureRun(int rides, long apartMillis) throws Exception {
      this(shape, false, rides, apartMillis);
    }

    FeatureRun(StateShape shape, boolean live, int rides, long apartMillis) throws Exception {
      this.live = live;
      engine = new FeatureEngine(shape);
      head = engine.open(null, this);
      for (int i = 0; i < rides; i++) {
        ride(i, i * apartMillis);
      }
      head.timerMillis = engine.dueHop() * view.hopMillis();
      head.pending = true;
      engine.saveChunks();
    }

    FeatureRun(Head read) throws Exception {
      live = false;
      engine = new FeatureEngine(shape);
      head = engine.open(read, this);
    }

    void ride(int i, long afterMillis) throws Exception {
      long time = 1_700_000_000_000L + afterMillis;
      Ride ride = new Ride("ada", time, RowKind.INSERT, i * 7 % 5, null, "zone" + i % 3);
      engine.take(view.row(ride), time, false);
    }

    @Override
    public Chunk get(long address) {
      return stored.get(address);
    }

    @Override
    public void put(long address, Chunk chunk) {
      stored.put(address, chunk);
    }

    @Override
    public void remove(long address) {
      stored.remove(address);
    }

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) {
      throw new AssertionError("this test reads and writes chunks one by one");
    }

    @Override
    public boolean live() {
      return live;
    }
  }
}
