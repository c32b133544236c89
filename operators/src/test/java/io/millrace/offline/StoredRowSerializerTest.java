package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.OfflineSpec.Content;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class StoredRowSerializerTest {
  private final TypeSerializer<StoredRow> serializer =
      new StoredRowTypeInfo(List.of(table("a", "ROW<id BIGINT>"), table("b", "ROW<s STRING>")))
          .createSerializer(new SerializerConfigImpl());

  @Test
  void shouldReadBackRowsOfEveryTable() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(new StoredRow(0, "", 7, GenericRowData.ofKind(RowKind.DELETE, 5L)), out);
    serializer.serialize(
        new StoredRow(
            1, "[[\"gate\",\"STRING\"]]", -1, GenericRowData.of(StringData.fromString("x"))),
        out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    StoredRow first = serializer.deserialize(in);
    StoredRow second = serializer.deserialize(in);

    assertThat(first.table()).isZero();
    assertThat(first.evolved()).isEmpty();
    assertThat(first.route()).isEqualTo(7);
    assertThat(first.row().getRowKind()).isEqualTo(RowKind.DELETE);
    assertThat(first.row().getLong(0)).isEqualTo(5);
    assertThat(second.table()).isEqualTo(1);
    assertThat(second.evolved()).isEqualTo("[[\"gate\",\"STRING\"]]");
    assertThat(second.row().getString(0)).hasToString("x");
  }

  @Test
  void shouldRestoreItselfFromItsSnapshot() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(128);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    var snapshot =
        TypeSerializerSnapshotSerializationUtil.<StoredRow>readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
  }

  private static TableLayout table(String name, String columns) {
    return new TableLayout(
        new OfflineSpec.Table(name, name, Content.EVENTS),
        (RowType) LogicalTypeParser.parse(columns, StoredRowSerializerTest.class.getClassLoader()),
        1,
        List.of());
  }
}
