package io.millrace.sql.lookups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class FurtherKeysTest {
  private static final RowType FOUND =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("id", DataTypes.STRING()),
                  DataTypes.FIELD("n", DataTypes.INT()),
                  DataTypes.FIELD("mark", DataTypes.BYTES()))
              .getLogicalType();

  private static GenericRowData found(String id, Integer n, byte... mark) {
    return GenericRowData.of(StringData.fromString(id), n, mark);
  }

  @Test
  void shouldCompareAllButTheNamedColumns() {
    FurtherKeys keys = new FurtherKeys(FOUND, List.of("n", "id"), new int[] {1, 0}, List.of("id"));
    GenericRowData asked = GenericRowData.of(7, StringData.fromString("b"));
    assertThat(keys.fit(asked, found("a", 7))).isTrue();
    assertThat(keys.fit(asked, found("b", 8))).isFalse();
    assertThat(keys.fit(asked, found("b", null))).isFalse();
    assertThat(keys.isEmpty()).isFalse();
    assertThat(new FurtherKeys(FOUND, List.of("id"), new int[] {0}, List.of("id")).isEmpty())
        .isTrue();
  }

  @Test
  void shouldCompareBytesByWhatTheyHold() {
    FurtherKeys keys = new FurtherKeys(FOUND, List.of("mark"), new int[] {2}, List.of());
    GenericRowData asked = GenericRowData.of((Object) new byte[] {1, 2});
    assertThat(keys.fit(asked, found("a", 7, (byte) 1, (byte) 2))).isTrue();
    assertThat(keys.fit(asked, found("a", 7, (byte) 1, (byte) 3))).isFalse();
  }
}
