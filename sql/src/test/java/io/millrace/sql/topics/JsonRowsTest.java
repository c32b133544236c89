package io.millrace.sql.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sql.topics.RowMask.Treatment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class JsonRowsTest {

  private static final RowType JSON =
      (RowType)
          LogicalTypeParser.parse(
              "ROW<`kind` STRING, `time` TIMESTAMP_LTZ(3), `inner` ROW<`n` BIGINT, `x` DOUBLE>>",
              JsonRowsTest.class.getClassLoader());

  private static List<String> read(TopicRows rows, String... records) {
    List<String> read = new ArrayList<>();
    rows.open();
    for (String record : records) {
      rows.read(record == null ? null : record.getBytes(UTF_8), new Texts(read));
    }
    return read;
  }

  private record Texts(List<String> into) implements Collector<RowData> {
    @Override
    public void collect(RowData row) {
      into.add(row.toString());
    }

    @Override
    public void close() {}
  }

  /** Columns: time (never null), n, x; only of kind a. */
  private static JsonRows rows() {
    RowType inner = (RowType) JSON.getTypeAt(2);
    List<JsonRows.Column> columns =
        List.of(
            new JsonRows.Column(List.of(1), JSON.getTypeAt(1).copy(false)),
            new JsonRows.Column(List.of(2, 0), inner.getTypeAt(0)),
            new JsonRows.Column(List.of(2, 1), inner.getTypeAt(1)));
    RowType flat = RowType.of(JSON.getTypeAt(1), inner.getTypeAt(0), inner.getTypeAt(1));
    return new JsonRows(
        JSON,
        columns,
        List.of(new JsonRows.Condition(0, Set.of("a"))),
        new RowMask(
            flat,
            new Treatment[] {Treatment.KEEP, Treatment.KEEP, Treatment.KEEP},
            new byte[] {1}));
  }

  @Test
  void shouldLayInnerObjectsFlat() {
    assertThat(
            read(
                rows(),
                "{\"kind\":\"a\",\"time\":\"2026-01-01T10:00:00Z\",\"inner\":{\"n\":9007199254740993,\"x\":1.5}}"))
        .containsExactly("+I(2026-01-01T10:00,9007199254740993,1.5)");
  }

  @Test
  void shouldReadWhatOlderAndNewerReleasesWrite() {
    assertThat(
            read(
                rows(),
                "{\"kind\":\"a\",\"time\":\"2026-01-01T10:00:00Z\"}",
                "{\"kind\":\"a\",\"time\":\"2026-01-01T10:00:00Z\",\"inner\":{\"n\":1,\"new\":[1]},\"more\":{}}",
                "{\"kind\":\"a\",\"time\":\"2026-01-01T10:00:00Z\",\"inner\":{\"x\":\"NaN\"}}"))
        .containsExactly(
            "+I(2026-01-01T10:00,null,null)",
            "+I(2026-01-01T10:00,1,null)",
            "+I(2026-01-01T10:00,null,NaN)");
  }

  @Test
  void shouldMakeNoRowOfWhatIsNoRecordOfItsKind() {
    assertThat(
            read(
                rows(),
                null,
                "",
                "no JSON",
                "[1]",
                "{\"kind\":\"b\",\"time\":\"2026-01-01T10:00:00Z\"}",
                "{\"time\":\"2026-01-01T10:00:00Z\"}",
                "{\"kind\":\"a\"}",
                "{\"kind\":\"a\",\"time\":\"yesterday\"}"))
        .isEmpty();
  }

  @Test
  void shouldSplitTextKeysAtTheirLastSlash() {
    assertThat(read(TextKey.whole(kept(1)), "m/2026-01-01/x", null))
        .containsExactly("+I(m/2026-01-01/x)");
    assertThat(read(TextKey.atLastSlash(kept(2)), "a/b/c", "none")).containsExactly("+I(a/b,c)");
  }

  private static RowMask kept(int columns) {
    Treatment[] treatments = new Treatment[columns];
    Arrays.fill(treatments, Treatment.KEEP);
    LogicalType[] texts = new LogicalType[columns];
    Arrays.fill(texts, VarCharType.STRING_TYPE);
    return new RowMask(RowType.of(texts), treatments, new byte[] {1});
  }
}
