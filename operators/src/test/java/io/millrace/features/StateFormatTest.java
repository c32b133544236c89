package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.APPROX_DISTINCT;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.ViewFixture.Ride;
import java.io.InputStream;
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
 * version 1 writes, in hex; a new format gets a new file and the old ones stay.
 */
class StateFormatTest {
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
    Head head = new FeatureRun(2).head;
    check("feature-head-quiet-v1", new HeadSerializer(shape), head);
  }

  @Test
  void shouldWriteAndReadTheHeadOfABusyKey() throws Exception {
    Head head = new FeatureRun(40).head;
    assertThat(head.spilled).isTrue();
    check("feature-head-busy-v1", new HeadSerializer(shape), head);
  }

  @Test
  void shouldWriteAndReadAChunk() throws Exception {
    Chunk chunk = new FeatureRun(40).stored.values().iterator().next();
    check("feature-chunk-v1", new ChunkSerializer(shape), chunk);
  }

  @Test
  void shouldWriteAndReadTheShapeBesideTheState() throws Exception {
    HeadSerializer serializer = new HeadSerializer(shape);
    DataOutputSerializer out = new DataOutputSerializer(256);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    byte[] golden = golden("feature-shape-v1");
    assertThat(HexFormat.of().formatHex(out.getCopyOfBuffer()))
        .isEqualTo(HexFormat.of().formatHex(golden));
    TypeSerializerSnapshot<Head> snapshot =
        TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
            new DataInputDeserializer(golden), getClass().getClassLoader());
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
    private final Head head;

    FeatureRun(int rides) throws Exception {
      FeatureEngine engine = new FeatureEngine(shape);
      head = engine.open(null, this);
      for (int i = 0; i < rides; i++) {
        long time = 1_700_000_000_000L + i * 2_500L;
        Ride ride = new Ride("ada", time, RowKind.INSERT, i * 7 % 5, null, "zone" + i % 3);
        engine.take(view.row(ride), time, false);
      }
      head.timerMillis = engine.dueHop() * view.hopMillis();
      head.pending = true;
      engine.saveChunks();
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
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean live() {
      return false;
    }
  }
}
