package io.millrace.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.FeatureSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

/** The bytes are those of Feast's own serializer (SDK 0.67). */
class FeastLayoutTest {

  private static FeatureSchema drivers(DataTypes.Field... entity) {
    return new FeatureSchema(
        "driver_hourly_stats",
        CarrierView.row(entity),
        CarrierView.row(
            DataTypes.FIELD("conv_rate", DataTypes.DOUBLE()),
            DataTypes.FIELD("acc_rate", DataTypes.DOUBLE()),
            DataTypes.FIELD("avg_daily_trips", DataTypes.BIGINT())));
  }

  private static FeastLayout layout(DataTypes.Field... entity) {
    return new FeastLayout(drivers(entity), "feature_repo", Optional.empty());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void shouldSerializeTheEntityKeyAsFeastDoes() {
    FeastLayout layout = layout(DataTypes.FIELD("driver_id", DataTypes.BIGINT()));
    assertThat(hex(layout.key(List.of(1001L))))
        .isEqualTo(
            "01000000020000000900000064726976657"
                + "25f69640400000008000000e903000000000000666561747572655f7265706f");
  }

  @Test
  void shouldTellTheEntityOfAKey() {
    FeastLayout layout =
        layout(
            DataTypes.FIELD("route", DataTypes.STRING()),
            DataTypes.FIELD("day", DataTypes.TIMESTAMP_LTZ(3)),
            DataTypes.FIELD("date", DataTypes.DATE()),
            DataTypes.FIELD("small", DataTypes.SMALLINT()),
            DataTypes.FIELD("leg", DataTypes.BIGINT()));
    List<Object> entity =
        List.of(
            "Zürich*", Instant.ofEpochSecond(-5), LocalDate.of(1969, 12, 30), (short) -3, 1L << 40);
    byte[] key = layout.key(entity);
    assertThat(layout.entity(key)).contains(entity);
    assertThat(layout.entity(Arrays.copyOf(key, key.length - 1))).isEmpty();
    assertThat(layout.entity(new byte[] {1, 0, 0, 0})).isEmpty();
    byte[] otherTypes = layout(DataTypes.FIELD("driver_id", DataTypes.INT())).key(List.of(5));
    assertThat(layout(DataTypes.FIELD("driver_id", DataTypes.BIGINT())).entity(otherTypes))
        .isEmpty();
  }

  @Test
  void shouldSortTheFieldsOfAKeyByName() {
    FeastLayout layout =
        layout(
            DataTypes.FIELD("route", DataTypes.STRING()),
            DataTypes.FIELD("day", DataTypes.TIMESTAMP_LTZ(3)),
            DataTypes.FIELD("leg", DataTypes.INT()));
    assertThat(hex(layout.key(List.of("EWR", Instant.ofEpochSecond(86_400), -1))))
        .isEqualTo(
            "03000000"
                + ("02000000" + "03000000" + "646179")
                + ("02000000" + "03000000" + "6c6567")
                + ("02000000" + "05000000" + "726f757465")
                + ("08000000" + "08000000" + "8051010000000000")
                + ("03000000" + "04000000" + "ffffffff")
                + ("02000000" + "03000000" + "455752")
                + "666561747572655f7265706f");
  }

  @Test
  void shouldNameFieldsByTheirHash() {
    List<byte[]> fields = layout(DataTypes.FIELD("driver_id", DataTypes.BIGINT())).fields();
    assertThat(fields.stream().skip(1).limit(3).map(FeastLayoutTest::hex))
        .containsExactly("6160e3da", "fa5e58ad", "18a5e5a3");
    assertThat(new String(fields.get(0), StandardCharsets.US_ASCII))
        .isEqualTo("_ts:driver_hourly_stats");
    assertThat(new String(fields.get(4), StandardCharsets.US_ASCII))
        .isEqualTo("_v:driver_hourly_stats");
  }

  @Test
  void shouldEncodeValuesAsFeastDoes() {
    assertEncoded(DataTypes.BIGINT(), 5L, "2005");
    assertEncoded(DataTypes.BIGINT(), 0L, "2000");
    assertEncoded(DataTypes.BIGINT(), -1L, "20ffffffffffffffffff01");
    assertEncoded(DataTypes.INT(), -1, "18ffffffffffffffffff01");
    assertEncoded(DataTypes.SMALLINT(), (short) 300, "18ac02");
    assertEncoded(DataTypes.TINYINT(), (byte) 7, "1807");
    assertEncoded(DataTypes.DOUBLE(), 1.5, "29000000000000f83f");
    assertEncoded(DataTypes.FLOAT(), 1.5f, "350000c03f");
    assertEncoded(DataTypes.STRING(), "a", "120161");
    assertEncoded(DataTypes.STRING(), "", "1200");
    assertEncoded(DataTypes.BOOLEAN(), true, "3801");
    assertEncoded(DataTypes.BOOLEAN(), false, "3800");
    assertEncoded(DataTypes.TIMESTAMP_LTZ(3), Instant.ofEpochSecond(1), "4001");
    assertEncoded(DataTypes.TIMESTAMP(3), LocalDateTime.parse("1970-01-01T00:00:01"), "4001");
    assertEncoded(DataTypes.DATE(), LocalDate.parse("1970-01-02"), "4080a305");
    assertEncoded(DataTypes.TIME(), LocalTime.parse("10:15:30"), "120831303a31353a3330");
    assertEncoded(DataTypes.DECIMAL(10, 2), new BigDecimal("1.50"), "29000000000000f83f");
    assertEncoded(
        DataTypes.ARRAY(DataTypes.DOUBLE()),
        List.of(1.0, 2.0),
        "7a120a10000000000000f03f0000000000000040");
    assertEncoded(DataTypes.ARRAY(DataTypes.BIGINT()), List.of(1L, 300L), "72050a0301ac02");
    assertEncoded(DataTypes.ARRAY(DataTypes.BIGINT()), List.of(), "7200");
    assertEncoded(DataTypes.ARRAY(DataTypes.STRING()), List.of("a", "b"), "62060a01610a0162");
    assertEncoded(DataTypes.ARRAY(DataTypes.FLOAT()), List.of(1.5f), "8201060a040000c03f");
    assertEncoded(DataTypes.ARRAY(DataTypes.BOOLEAN()), List.of(true), "8a01030a0101");
    assertEncoded(DataTypes.ARRAY(DataTypes.INT()), List.of(-1), "6a0c0a0affffffffffffffffff01");
    assertEncoded(
        DataTypes.ARRAY(DataTypes.TIMESTAMP_LTZ(3)),
        List.of(Instant.ofEpochSecond(1), Instant.EPOCH),
        "9201040a020100");
    assertThat(hex(FeastValues.encode(DataTypes.BYTES().getLogicalType(), new byte[] {1, 2})))
        .isEqualTo("0a020102");
    assertThat(FeastValues.encode(DataTypes.BIGINT().getLogicalType(), null)).isEmpty();
  }

  private static void assertEncoded(DataType type, Object value, String hex) {
    byte[] bytes = FeastValues.encode(type.getLogicalType(), value);
    assertThat(hex(bytes)).as("%s %s", type, value).isEqualTo(hex);
    Object back = FeastValues.decode(type.getLogicalType(), bytes);
    if (value instanceof BigDecimal decimal) {
      assertThat((BigDecimal) back).isEqualByComparingTo(decimal);
    } else {
      assertThat(back).isEqualTo(value);
    }
  }

  @Test
  void shouldEncodeTheEventTimeAsAProtobufTimestamp() {
    byte[] bytes = FeastValues.timestamp(1_700_000_000_250L);
    assertThat(hex(bytes)).isEqualTo("0880e2cfaa061080e59a77");
    assertThat(FeastValues.decodeTimestamp(bytes))
        .isEqualTo(Instant.ofEpochMilli(1_700_000_000_250L));
    assertThat(FeastValues.decodeTimestamp(FeastValues.timestamp(-1)))
        .isEqualTo(Instant.ofEpochMilli(-1));
  }

  @Test
  void shouldLeaveOutNullsWithinAnArray() {
    byte[] bytes =
        FeastValues.encode(
            DataTypes.ARRAY(DataTypes.BIGINT()).getLogicalType(), Arrays.asList(1L, null, 2L));
    assertThat(hex(bytes)).isEqualTo("72040a020102");
  }

  @Test
  void shouldSayWhatToDoAboutAKeyThatFeastHasNot() {
    assertThatThrownBy(() -> layout(DataTypes.FIELD("price", DataTypes.DOUBLE())))
        .hasMessage(
            "view driver_hourly_stats: Feast cannot use DOUBLE as an entity key, which entity field"
                + " price is; use layout hash, or an entity of strings, integers, bytes or"
                + " timestamps");
    assertThatThrownBy(
            () ->
                layout(DataTypes.FIELD("driver_id", DataTypes.BIGINT()))
                    .key(Arrays.asList((Object) null)))
        .hasMessageContaining("driver_id IS NOT NULL");
  }
}
