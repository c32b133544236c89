package io.millrace.online;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;

class FeatureJsonTest {

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void shouldWriteAVectorWithItsNamesAndEventTime() {
    FeatureJson json = new FeatureJson(CarrierView.SCHEMA);
    FeatureVector vector = CarrierView.vector("UA", 12L, null, CarrierView.NEW_YEAR, 4711);
    assertThat(text(json.key(vector))).isEqualTo("{\"carrier\":\"UA\"}");
    assertThat(text(json.value(vector)))
        .isEqualTo(
            "{\"view\":\"carrier_delay\",\"entity\":{\"carrier\":\"UA\"},"
                + "\"features\":{\"departures_1h\":12,\"delay_mean_1h\":null},"
                + "\"event_time\":\"2013-01-01T05:00:00Z\",\"revision\":4711}");
  }

  @Test
  void shouldWriteATombstoneForADelete() {
    FeatureJson json = new FeatureJson(CarrierView.SCHEMA);
    FeatureVector vector = CarrierView.deleted("UA", CarrierView.NEW_YEAR, 5);
    assertThat(text(json.key(vector))).isEqualTo("{\"carrier\":\"UA\"}");
    assertThat(json.value(vector)).isNull();
  }

  @Test
  void shouldKeepNumbersExactAndGiveTheOthersAsStrings() {
    FeatureSchema schema =
        CarrierView.schema(
            DataTypes.FIELD("total", DataTypes.DECIMAL(38, 2)),
            DataTypes.FIELD("mean", DataTypes.DOUBLE()),
            DataTypes.FIELD("most", DataTypes.BIGINT()),
            DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)),
            DataTypes.FIELD("last", DataTypes.ARRAY(DataTypes.STRING())));
    FeatureVector vector =
        new FeatureVector(
            GenericRowData.of(StringData.fromString("U\"A")),
            GenericRowData.of(
                DecimalData.fromBigDecimal(
                    new BigDecimal("123456789012345678901234567890.12"), 38, 2),
                Double.NaN,
                Long.MAX_VALUE,
                TimestampData.fromEpochMillis(0),
                new GenericArrayData(new Object[] {StringData.fromString("BOS"), null})),
            0,
            1,
            false);
    assertThat(text(new FeatureJson(schema).value(vector)))
        .contains("\"carrier\":\"U\\\"A\"")
        .contains(
            "\"features\":{\"total\":123456789012345678901234567890.12,\"mean\":\"NaN\","
                + "\"most\":9223372036854775807,\"at\":\"1970-01-01T00:00:00Z\","
                + "\"last\":[\"BOS\",null]}");
  }
}
