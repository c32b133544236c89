package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws that {@link Kernel} states, over random rows; equality is that of the written bytes. */
class KernelLawsTest {
  private static final int ROUNDS = 40;

  /** Kernels whose cells hold the same bytes whatever the order in which rows came. */
  static Stream<String> exactKernels() {
    return Stream.of(
        "count(*)",
        "count(x)",
        "sum(x):TINYINT",
        "sum(x):SMALLINT",
        "sum(x):INT",
        "sum(x):BIGINT",
        "sum(x):DECIMAL(12, 2)",
        "sum(x):DECIMAL(38, 10)",
        "min(x):INT",
        "max(x):INT",
        "min(x):BIGINT",
        "max(x):BIGINT",
        "min(x):DOUBLE",
        "max(x):FLOAT",
        "min(x):DECIMAL(12, 2)",
        "max(x):DECIMAL(38, 10)",
        "min(x):DATE",
        "max(x):TIMESTAMP(3)",
        "min(x):TIMESTAMP_LTZ(6)",
        "min(x):STRING",
        "max(x):STRING",
        "min(x):BYTES",
        "squares(x):INT",
        "squares(x):BIGINT",
        "squares(x):DECIMAL(12, 2)",
        "squares(x):DECIMAL(38, 10)",
        "first(x):BOOLEAN",
        "last(x):BIGINT",
        "first(x):DOUBLE",
        "last(x):STRING",
        "first(x):STRING",
        "last(x):DECIMAL(38, 10)",
        "last(x):TIMESTAMP_LTZ(6)",
        "last_k[1](x):INT",
        "last_k[5](x):STRING",
        "last_k[30](x):DOUBLE",
        "top_k(x):STRING",
        "top_k(x):BYTES",
        "top_k(x):DOUBLE",
        "top_k(x):DECIMAL(38, 10)",
        "hll[12](x):INT",
        "hll[4](x):DOUBLE",
        "hll[12](x):STRING",
        "hll[12](x):TIMESTAMP_LTZ(6)",
        "hll[12](x):DECIMAL(38, 10)",
        "histogram[0.0](x):INT",
        "histogram[-5.0, 0.0, 5.0](x):DOUBLE",
        "histogram[0.0, 1.5](x):DECIMAL(12, 2)");
  }

  @ParameterizedTest
  @MethodSource("exactKernels")
  void shouldHoldTheSameWhateverTheOrderAndTheParts(String id) throws IOException {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Scene scene = new Scene(id, seed);
      Cells parts = Cells.empty(scene.layout, 4);
      Cells whole = Cells.empty(scene.layout, 1);
      for (Event event : scene.events) {
        scene.kernel.add(whole, 0, event.row, event.timeMillis);
      }
      for (Event event : scene.shuffled()) {
        scene.kernel.add(parts, scene.random.nextInt(4), event.row, event.timeMillis);
      }
      scene.kernel.merge(parts, 2, parts, 3);
      scene.kernel.merge(parts, 0, parts, 1);
      scene.kernel.merge(parts, 0, parts, 2);

      assertThat(bytes(parts, 0)).as("%s seed %d", id, seed).isEqualTo(bytes(whole, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("exactKernels")
  void shouldBeAsIfThePartHadNeverBeenInWhenItIsSubtracted(String id) throws IOException {
    int undone = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Scene scene = new Scene(id, seed);
      Cells cells = Cells.empty(scene.layout, 3);
      for (Event event : scene.events) {
        int part = scene.random.nextInt(2);
        scene.kernel.add(cells, part, event.row, event.timeMillis);
        scene.kernel.add(cells, 2, event.row, event.timeMillis);
      }
      if (scene.kernel.subtract(cells, 2, cells, 0)) {
        undone++;
        assertThat(bytes(cells, 2)).as("%s seed %d", id, seed).isEqualTo(bytes(cells, 1));
      }
      if (scene.kernel.invertible()) {
        assertThat(undone).isEqualTo(seed + 1);
      }
    }
    assertThat(undone).isPositive();
  }

  @ParameterizedTest
  @MethodSource("exactKernels")
  void shouldBeAsIfARowHadNeverComeWhenItIsRemoved(String id) throws IOException {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Scene scene = new Scene(id, seed);
      if (!scene.kernel.retractable()) {
        return;
      }
      Cells cells = Cells.empty(scene.layout, 2);
      List<Event> gone = new ArrayList<>();
      for (Event event : scene.events) {
        scene.kernel.add(cells, 0, event.row, event.timeMillis);
        if (scene.random.nextBoolean()) {
          gone.add(event);
        } else {
          scene.kernel.add(cells, 1, event.row, event.timeMillis);
        }
      }
      for (Event event : gone) {
        assertThat(scene.kernel.remove(cells, 0, event.row, event.timeMillis)).isTrue();
      }
      assertThat(bytes(cells, 0)).as("%s seed %d", id, seed).isEqualTo(bytes(cells, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("exactKernels")
  void shouldReadBackWhatItWroteAndCopyDeeply(String id) throws IOException {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Scene scene = new Scene(id, seed);
      Cells cells = Cells.empty(scene.layout, 1);
      for (Event event : scene.events) {
        scene.kernel.add(cells, 0, event.row, event.timeMillis);
      }
      byte[] before = bytes(cells, 0);
      Layout stored = Layout.ofIds(scene.layout.ids());
      Cells read = Cells.empty(stored, 2);
      read.read(1, new DataInputDeserializer(before));
      assertThat(bytes(read, 1)).as("%s seed %d", id, seed).isEqualTo(before);

      Cells copy = cells.copy();
      for (Event event : new Scene(id, seed + 1000).events) {
        scene.kernel.add(cells, 0, event.row, event.timeMillis);
      }
      assertThat(bytes(copy, 0)).as("%s seed %d", id, seed).isEqualTo(before);

      scene.kernel.clear(cells, 0);
      assertThat(bytes(cells, 0)).isEqualTo(bytes(Cells.empty(scene.layout, 1), 0));
    }
  }

  static byte[] bytes(Cells cells, int cell) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    cells.write(cell, out);
    return out.getCopyOfBuffer();
  }

  record Event(RowData row, long timeMillis) {}

  /** A layout with the kernel and some rows for it. */
  static final class Scene {
    final Random random;
    final Layout layout;
    final Kernel kernel;
    final List<Event> events = new ArrayList<>();

    Scene(String id, int seed) {
      random = new Random(seed);
      List<Kernel> kernels = new ArrayList<>();
      kernels.add(Kernels.of(Kernels.rows(), Kernels.NO_FIELD));
      if (!id.equals(Kernels.rows())) {
        kernels.add(Kernels.of(id, 0));
      }
      layout = Layout.of(kernels);
      kernel = layout.kernel(layout.size() - 1);
      RandomValues values = new RandomValues(id, random);
      int size = random.nextInt(40);
      for (int i = 0; i < size; i++) {
        events.add(new Event(values.row(), random.nextInt(30)));
      }
    }

    List<Event> shuffled() {
      List<Event> copy = new ArrayList<>(events);
      java.util.Collections.shuffle(copy, random);
      return copy;
    }
  }
}
