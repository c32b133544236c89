package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes of cells as released: what savepoints hold. Lines of the golden file are only ever added;
 * when a format changes its old lines stay and must still be read.
 */
class GoldenCellsTest {
  private static final String GOLDEN = "/golden/cells-v1.properties";

  /** A kernel and the values, in this order, that its golden cell took in. */
  private static Map<String, List<Object>> cells() {
    Map<String, List<Object>> cells = new LinkedHashMap<>();
    List<Object> ints = values(3, -7, null, 1 << 30, 3);
    List<Object> longs = values(3L, Long.MIN_VALUE, Long.MIN_VALUE, -1L);
    List<Object> doubles = values(0.1, -2.5, 1e300, Double.NaN, Double.NEGATIVE_INFINITY, 3.0);
    List<Object> texts = values(text("JFK"), text(""), text("zürich 🚂"), text("JFK"));
    List<Object> shortDecimals = values(decimal("12.34", 12, 2), decimal("-0.01", 12, 2));
    List<Object> longDecimals =
        values(decimal("9".repeat(28), 38, 10), decimal("-1.5", 38, 10), null);
    List<Object> times = values(TimestampData.fromEpochMillis(1_357_016_400_000L, 123_456));
    cells.put("count(*)", ints);
    cells.put("count(x)", ints);
    cells.put("sum(x):INT", ints);
    cells.put("sum(x):BIGINT", longs);
    cells.put("sum(x):DECIMAL(12, 2)", shortDecimals);
    cells.put("sum(x):DECIMAL(38, 10)", longDecimals);
    cells.put("sum(x):DOUBLE", doubles);
    cells.put("squares(x):INT", ints);
    cells.put("squares(x):BIGINT", longs);
    cells.put("squares(x):DECIMAL(38, 10)", longDecimals);
    cells.put("squares(x):DOUBLE", values(0.1, -2.5, 1e9));
    cells.put("min(x):INT", ints);
    cells.put("max(x):BIGINT", longs);
    cells.put("min(x):DOUBLE", doubles);
    cells.put("max(x):DOUBLE", doubles);
    cells.put("min(x):STRING", texts);
    cells.put("max(x):DECIMAL(38, 10)", longDecimals);
    cells.put("max(x):TIMESTAMP_LTZ(6)", times);
    cells.put("first(x):INT", ints);
    cells.put("last(x):DOUBLE", doubles);
    cells.put("first(x):STRING", texts);
    cells.put("last(x):STRING", texts);
    cells.put("last(x):TIMESTAMP_LTZ(6)", times);
    cells.put("last_k[2](x):INT", ints);
    cells.put("last_k[9](x):STRING", texts);
    cells.put("top_k(x):INT", ints);
    cells.put("top_k(x):STRING", texts);
    cells.put("top_k(x):DOUBLE", doubles);
    cells.put("hll[12](x):INT", ints);
    cells.put("hll[12](x):STRING", texts);
    cells.put("hll[12](x):DECIMAL(38, 10)", longDecimals);
    cells.put("hll[12](x):TIMESTAMP_LTZ(6)", times);
    cells.put("kll[200](x):INT", ints);
    cells.put("kll[200](x):DOUBLE", doubles);
    cells.put("kll[8](x):INT", values(9, 1, 8, 2, 7, 3, 6, 4, 5, 0, 11, 12, 13, 14, 15, 16, 17));
    cells.put("histogram[0.0, 15.0](x):INT", ints);
    return cells;
  }

  static Stream<String> ids() {
    return cells().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void shouldWriteTheReleasedBytesAndReadThemBack(String id) throws IOException {
    List<Kernel> kernels = new ArrayList<>(List.of(Kernels.of(Kernels.rows(), Kernels.NO_FIELD)));
    if (!id.equals(Kernels.rows())) {
      kernels.add(Kernels.of(id, 0));
    }
    Layout layout = Layout.of(kernels);
    Cells cells = Cells.empty(layout, 1);
    long time = 1_000;
    for (Object value : cells().get(id)) {
      for (int k = 0; k < layout.size(); k++) {
        layout.kernel(k).add(cells, 0, GenericRowData.of(value), time);
      }
      time += 1_000;
    }
    String written = HexFormat.of().formatHex(KernelLawsTest.bytes(cells, 0));

    assertThat(golden())
        .as("add to src/test/resources%s:%n%s=%s", GOLDEN, id, written)
        .containsEntry(id, written);

    Cells read = Cells.empty(Layout.ofIds(layout.ids()), 1);
    read.read(0, new DataInputDeserializer(HexFormat.of().parseHex(golden().get(id))));
    assertThat(HexFormat.of().formatHex(KernelLawsTest.bytes(read, 0))).isEqualTo(written);
  }

  @Test
  void shouldStillReadEveryReleasedLine() throws IOException {
    for (Map.Entry<String, String> line : golden().entrySet()) {
      String id = line.getKey();
      Layout layout =
          Layout.ofIds(id.equals(Kernels.rows()) ? List.of(id) : List.of(Kernels.rows(), id));
      DataInputDeserializer in =
          new DataInputDeserializer(HexFormat.of().parseHex(line.getValue()));
      Cells.empty(layout, 1).read(0, in);
      assertThat(in.available()).as(id).isZero();
    }
  }

  private static Map<String, String> golden() throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (InputStream in = GoldenCellsTest.class.getResourceAsStream(GOLDEN)) {
      assertThat(in).as("golden file %s", GOLDEN).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .forEach(
              line -> {
                int equals = line.lastIndexOf('=');
                lines.put(line.substring(0, equals), line.substring(equals + 1));
              });
    }
    return lines;
  }

  private static List<Object> values(Object... values) {
    return Arrays.asList(values);
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }

  private static DecimalData decimal(String text, int precision, int scale) {
    return DecimalData.fromBigDecimal(new BigDecimal(text), precision, scale);
  }
}
