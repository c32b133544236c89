package io.millrace.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class EmbeddedRowTest {
  private static final RowType PAYLOAD =
      RowType.of(
          new LogicalType[] {VarCharType.STRING_TYPE, new IntType()},
          new String[] {"manufacturer", "seats"});
  private static final EmbeddingSchema SCHEMA =
      new EmbeddingSchema("planes_text", "planes", "planes", "owner", PAYLOAD);
  private static final String KEY = "{\"tailnum\":\"N10156\"}";
  private static final UUID POINT = PointIds.of("planes", KEY, 0);

  private final TypeSerializer<EmbeddedRow> serializer =
      new EmbeddedRowTypeInfo(SCHEMA).createSerializer(new SerializerConfigImpl());

  private static EmbeddedRow upsert() {
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        POINT,
        KEY,
        "Ünited",
        0,
        "all-minilm-l6-v2/fp32",
        "00ff",
        1_356_998_400_000_001L,
        "EMBRAER, 55 seats",
        new float[] {0.5f, -1.25f},
        GenericRowData.of(StringData.fromString("EMBRAER"), null));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = EmbeddedRowTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  private byte[] bytes(EmbeddedRow row) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(row, out);
    return out.getCopyOfBuffer();
  }

  @Test
  void shouldReadTheFirstFormat() throws IOException {
    String hex =
        new String(golden("embedded-row-1.hex"), StandardCharsets.US_ASCII).replaceAll("\\s", "");
    assertThat(HexFormat.of().formatHex(bytes(upsert()))).isEqualTo(hex);

    EmbeddedRow read =
        serializer.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(hex)));
    assertThat(read.pointId()).isEqualTo(POINT);
    assertThat(read.key()).isEqualTo(KEY);
    assertThat(read.tenant()).isEqualTo("Ünited");
    assertThat(read.vector()).containsExactly(0.5f, -1.25f);
    assertThat(read.version()).isEqualTo(1_356_998_400_000_001L);
    assertThat(read.eventTimeMillis()).isEqualTo(1_356_998_400_000L);
    assertThat(read.payload().getString(0)).hasToString("EMBRAER");
    assertThat(read.payload().isNullAt(1)).isTrue();
  }

  @Test
  void shouldReadBackADeletion() throws IOException {
    EmbeddedRow read =
        serializer.deserialize(
            new DataInputDeserializer(bytes(EmbeddedRow.delete(POINT, KEY, "", 3, 7))));
    assertThat(read.isDelete()).isTrue();
    assertThat(read.chunk()).isEqualTo(3);
    assertThat(read.version()).isEqualTo(7);
    assertThat(read.vector()).isNull();
    assertThat(read.payload()).isNull();
  }

  @Test
  void shouldRestoreItsSerializerFromASnapshot() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(128);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    var snapshot =
        TypeSerializerSnapshotSerializationUtil.<EmbeddedRow>readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
  }

  /** RFC 9562 gives the id of www.example.com among domain names. */
  @Test
  void shouldNamePointsByTheStandard() {
    UUID domains = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assertThat(PointIds.uuid5(domains, "www.example.com"))
        .hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assertThat(POINT)
        .hasToString("208b782c-d0d4-5656-a326-09564be72a68")
        .isNotEqualTo(PointIds.of("planes", KEY, 1));
    assertThat(POINT.version()).isEqualTo(5);
  }

  @Test
  void shouldReadTheFirstFormatOfLinks() throws IOException {
    LinkRecord link = LinkRecord.of(SCHEMA, upsert());
    byte[] golden = golden("link-1.json");
    assertThat(LinkJson.decode(golden)).isEqualTo(link);
    assertThat(new String(LinkJson.encode(link), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden, StandardCharsets.UTF_8).strip());
    assertThat(new String(LinkJson.key(link), StandardCharsets.UTF_8)).isEqualTo("planes/" + POINT);
    assertThatThrownBy(() -> LinkJson.decode("[]".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldEndALinkWithItsPoint() {
    LinkRecord end = LinkRecord.of(SCHEMA, EmbeddedRow.delete(POINT, KEY, "", 0, 9));
    assertThat(end.deleted()).isTrue();
    assertThat(LinkJson.encode(end)).isNull();
  }

  @Test
  void shouldBeAPojoWithoutKryo() {
    TypeInformation<LinkRecord> type = TypeInformation.of(LinkRecord.class);
    assertThat(type).isInstanceOf(PojoTypeInfo.class);
    PojoTypeInfo<LinkRecord> pojo = (PojoTypeInfo<LinkRecord>) type;
    for (int i = 0; i < pojo.getArity(); i++) {
      assertThat(
              pojo.getPojoFieldAt(i)
                  .getTypeInformation()
                  .createSerializer(new SerializerConfigImpl()))
          .isNotInstanceOf(KryoSerializer.class);
    }
  }
}
