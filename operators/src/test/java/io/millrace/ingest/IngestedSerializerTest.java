package io.millrace.ingest;

import static io.millrace.ingest.GuardFixture.optional;
import static io.millrace.ingest.GuardFixture.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class IngestedSerializerTest {

  private final GuardFixture flights =
      GuardFixture.of(
              required("id", new VarCharType(VarCharType.MAX_LENGTH)),
              optional("delay", new IntType()))
          .with("secret", Kind.NEW_FIELD, Policy.DISCARD_ROW);
  private final TypeSerializer<Ingested> serializer =
      new IngestedTypeInfo(flights.rowType()).createSerializer(new SerializerConfigImpl());

  @Test
  void shouldBringBackEveryFormOfARecord() throws IOException {
    List<Ingested> forms =
        List.of(
            flights.admit("{\"id\":\"a\",\"delay\":1}"),
            flights.admit("{\"id\":\"a\",\"delay\":1}").ofSnapshot(),
            flights.admit("{\"id\":\"a\",\"delay\":1}").at(new Position(7, Long.MAX_VALUE)),
            flights.settle("{\"id\":\"a\",\"gate\":1}").at(new Position(0, 0)),
            flights.admit("{\"id\":\"a\",\"delay\":1}").uncounted(),
            flights.admit("{\"id\":\"ä\",\"gate\":{\"no\":\"ü\"},\"x\":2}"),
            flights.settle("{\"id\":\"a\",\"gate\":1}"),
            flights.admit("no JSON"),
            flights.admit("{\"delay\":\"x\"}"),
            flights.settle("{\"delay\":\"x\"}"),
            flights.admit("{\"id\":\"a\",\"secret\":1}"),
            flights.settle("{\"id\":\"a\",\"secret\":1}"));
    DataOutputSerializer out = new DataOutputSerializer(64);
    for (Ingested form : forms) {
      serializer.serialize(form, out);
    }
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    for (Ingested form : forms) {
      Ingested read = serializer.deserialize(in);
      assertThat(read.row() == null).isEqualTo(form.row() == null);
      if (form.isRow()) {
        assertThat(binary(read.row())).isEqualTo(binary(form.row()));
      }
      assertThat(read)
          .usingRecursiveComparison()
          .withStrictTypeChecking()
          .ignoringFields("row")
          .isEqualTo(form);
    }
    assertThat(in.available()).isZero();
  }

  /** Compared in one form: generic rows and binary ones are never equal. */
  private Object binary(RowData row) {
    return Objects.toString(
        InternalTypeInfo.of(flights.rowType()).toRowSerializer().toBinaryRow(row).copy());
  }

  @Test
  void shouldBeRestoredFromItsSnapshot() throws IOException {
    TypeSerializerSnapshot<Ingested> snapshot = serializer.snapshotConfiguration();
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, snapshot);

    TypeSerializer<Ingested> restored =
        TypeSerializerSnapshot.<Ingested>readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader())
            .restoreSerializer();

    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(restored.snapshotConfiguration())
                .isCompatibleAsIs())
        .isTrue();
    assertThat(restored.duplicate()).isEqualTo(serializer);
  }
}
