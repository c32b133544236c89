package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.Test;

class CellsTest {
  private static final String ROWS = "count(*)";
  private static final String SUM = "sum(x):INT";
  private static final String MIN = "min(x):INT";
  private static final String TEXT = "max(y):STRING";

  @Test
  void shouldKeepEveryCellWhileOthersAreInsertedAndRemoved() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Layout layout = layout(SUM, TEXT, MIN);
      Cells cells = new Cells(layout, 0);
      List<Integer> model = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        int size = model.size();
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            int at = random.nextInt(size + 1);
            cells.insert(at);
            fill(cells, at, step);
            model.add(at, step);
          }
          case 2 -> {
            int from = random.nextInt(size + 1);
            int to = Math.min(size, from + random.nextInt(4));
            cells.removeRange(from, to);
            model.subList(from, to).clear();
          }
          default -> {
            if (size > 0) {
              int at = random.nextInt(size);
              cells.clear(at);
              fill(cells, at, -step);
              model.set(at, -step);
            }
          }
        }
        assertThat(cells.size()).isEqualTo(model.size());
        for (int cell = 0; cell < model.size(); cell++) {
          assertHolds(cells, cell, model.get(cell));
        }
      }
    }
  }

  @Test
  void shouldCarryCellsOverToALayoutWithKernelsAddedRemovedAndMoved() {
    Layout before = layout(SUM, TEXT);
    Cells cells = Cells.empty(before, 2);
    fill(cells, 0, 7);
    fill(cells, 1, -8);

    Layout after = layout(MIN, TEXT, "first(y):STRING", SUM);
    Cells mapped = cells.remap(after);

    assertThat(mapped.rows(1)).isEqualTo(1);
    assertThat(((SumKernel) after.kernel(4)).longValue(mapped, 0)).isEqualTo(7);
    assertThat(((SumKernel) after.kernel(4)).longValue(mapped, 1)).isEqualTo(-8);
    assertThat(((ObjectExtremeKernel) after.kernel(2)).value(mapped, 1)).hasToString("-8");
    assertThat(((LongExtremeKernel) after.kernel(1)).isEmpty(mapped, 0)).isTrue();
    assertThat(((ObjectEdgeKernel) after.kernel(3)).value(mapped, 0)).isNull();
    Cells back = mapped.remap(layout(SUM));
    assertThat(((SumKernel) back.layout().kernel(1)).longValue(back, 1)).isEqualTo(-8);
  }

  @Test
  void shouldWriteACellWithFewRowsInAFewBytes() throws IOException {
    Layout layout = layout(SUM, MIN, "max(x):INT", "sum(z):DOUBLE");
    Cells cells = Cells.empty(layout, 1);
    for (int k = 0; k < 4; k++) {
      layout.kernel(k).add(cells, 0, GenericRowData.of(12, null, null), 0);
    }
    DataOutputSerializer out = new DataOutputSerializer(64);
    cells.write(0, out);
    // Two bytes say which words differ from an empty cell, one that there is no object.
    assertThat(out.length()).isEqualTo(2 + 5 + 1);
    Cells read = Cells.empty(layout, 3);
    read.read(2, new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(((SumKernel) layout.kernel(1)).longValue(read, 2)).isEqualTo(12);
  }

  @Test
  void shouldRefuseLayoutsThatDoNotCountRowsOrHoldAKernelTwice() {
    assertThatThrownBy(() -> Layout.of(List.of(Kernels.of(SUM, 0))))
        .hasMessage("a layout starts with count(*)");
    assertThatThrownBy(() -> layout(SUM, SUM)).hasMessage("kernel twice in one layout: sum(x):INT");
    assertThatThrownBy(() -> Layout.ofIds(List.of(ROWS, "product(x):INT")))
        .hasMessageContaining("product(x):INT");
  }

  @Test
  void shouldRefuseStateOfAFormatItDoesNotKnow() throws IOException {
    Layout layout = layout(TEXT);
    Cells cells = Cells.empty(layout, 1);
    fill(cells, 0, 5);
    byte[] bytes = KernelLawsTest.bytes(cells, 0);
    bytes[3] = 9;
    assertThatThrownBy(() -> cells.read(0, new DataInputDeserializer(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "state of max(y):STRING has format 9, this release reads format 1: restore with the"
                + " release that wrote it, or newer");
  }

  private static void fill(Cells cells, int cell, int value) {
    StringData text = StringData.fromString(Integer.toString(value));
    for (int k = 0; k < cells.layout().size(); k++) {
      cells.layout().kernel(k).add(cells, cell, GenericRowData.of(value, text, null), value);
    }
  }

  private static void assertHolds(Cells cells, int cell, int value) {
    Layout layout = cells.layout();
    assertThat(cells.rows(cell)).isEqualTo(1);
    assertThat(((SumKernel) layout.kernel(1)).longValue(cells, cell)).isEqualTo(value);
    assertThat(((ObjectExtremeKernel) layout.kernel(2)).value(cells, cell))
        .hasToString(Integer.toString(value));
    assertThat(((LongExtremeKernel) layout.kernel(3)).value(cells, cell)).isEqualTo(value);
  }

  private static Layout layout(String... ids) {
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(Kernels.of(ROWS, Kernels.NO_FIELD));
    for (String id : ids) {
      kernels.add(Kernels.of(id, id.contains("(x)") ? 0 : id.contains("(y)") ? 1 : 2));
    }
    return Layout.of(kernels);
  }
}
