package io.millrace.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import java.util.UUID;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class PointFormTest {

  @Test
  void shouldNotShowWhatARowCarriesBesideItsPayload() {
    VarCharType text = new VarCharType(VarCharType.MAX_LENGTH);
    RowType payload = RowType.of(new LogicalType[] {text}, new String[] {"city"});
    RowType carried = RowType.of(new LogicalType[] {text, text}, new String[] {"city", "name"});
    EmbeddedRow row =
        new EmbeddedRow(
            EmbeddedRow.Kind.UPSERT,
            new UUID(1, 2),
            "{\"id\":1}",
            "",
            0,
            "model",
            "hash",
            7,
            "in perth",
            new float[] {1, 0},
            GenericRowData.of(StringData.fromString("perth"), StringData.fromString("meredith")));

    assertThat(
            new PointForm(new EmbeddingSchema("v", "people", "people", "", payload, carried))
                .point(row)
                .toString())
        .contains("perth")
        .doesNotContain("meredith")
        .doesNotContain("name:");
  }
}
