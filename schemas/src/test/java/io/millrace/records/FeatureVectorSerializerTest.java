package io.millrace.records;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class FeatureVectorSerializerTest {
  private static final RowType ENTITY =
      RowType.of(new LogicalType[] {VarCharType.STRING_TYPE}, new String[] {"carrier"});
  private static final RowType VALUES =
      RowType.of(
          new LogicalType[] {new BigIntType(), new DoubleType()},
          new String[] {"departures_1h", "delay_mean_1h"});

  private final FeatureVectorTypeInfo type =
      new FeatureVectorTypeInfo(new FeatureSchema("carrier_delay", ENTITY, VALUES));
  private final TypeSerializer<FeatureVector> serializer =
      type.createSerializer(new SerializerConfigImpl());

  @Test
  void shouldReadBackAVectorWithANullFeature() throws Exception {
    FeatureVector read =
        throughBytes(
            new FeatureVector(
                GenericRowData.of(StringData.fromString("UA")),
                GenericRowData.of(3L, null),
                1_700_000_000_250L,
                7,
                false));
    assertThat(read.entity().getString(0)).hasToString("UA");
    assertThat(read.values().getLong(0)).isEqualTo(3);
    assertThat(read.values().isNullAt(1)).isTrue();
    assertThat(read.eventTimeMillis()).isEqualTo(1_700_000_000_250L);
    assertThat(read.revision()).isEqualTo(7);
    assertThat(read.deleted()).isFalse();
  }

  @Test
  void shouldReadBackADeletionWithoutValues() throws Exception {
    FeatureVector read =
        throughBytes(
            new FeatureVector(GenericRowData.of(StringData.fromString("UA")), null, -1, 2, true));
    assertThat(read.values()).isNull();
    assertThat(read.deleted()).isTrue();
    assertThat(read.eventTimeMillis()).isEqualTo(-1);
  }

  @Test
  void shouldRestoreItselfFromItsSnapshot() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(128);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    var snapshot =
        TypeSerializerSnapshotSerializationUtil.<FeatureVector>readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
  }

  private FeatureVector throughBytes(FeatureVector vector) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(vector, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }
}
