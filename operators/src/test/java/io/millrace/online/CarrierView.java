package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Secret;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/** A small view for the tests: departures and mean delay of a carrier. */
final class CarrierView {

  static final String PIPELINE = "flights";
  static final long NEW_YEAR = 1_357_016_400_000L;

  static final FeatureSchema SCHEMA =
      schema(
          DataTypes.FIELD("departures_1h", DataTypes.BIGINT()),
          DataTypes.FIELD("delay_mean_1h", DataTypes.DOUBLE()));

  private CarrierView() {}

  static FeatureSchema schema(DataTypes.Field... values) {
    return new FeatureSchema(
        "carrier_delay", row(DataTypes.FIELD("carrier", DataTypes.STRING())), row(values));
  }

  static RowType row(DataTypes.Field... fields) {
    return (RowType) DataTypes.ROW(fields).getLogicalType();
  }

  static Online hash() {
    return new Online(Optional.empty(), Layout.HASH, "flights");
  }

  static Online feast() {
    return new Online(Optional.empty(), Layout.FEAST, "flights");
  }

  static Online with(Online online, Duration ttl) {
    return new Online(Optional.of(ttl), online.layout(), online.project());
  }

  static OnlineStore store(String url, Duration patience) {
    return new OnlineStore(new Secret(url), false, patience);
  }

  static FeatureVector vector(
      String carrier, Long departures, Double delay, long eventTimeMillis, long revision) {
    return new FeatureVector(
        GenericRowData.of(StringData.fromString(carrier)),
        GenericRowData.of(departures, delay),
        eventTimeMillis,
        revision,
        false);
  }

  static FeatureVector deleted(String carrier, long eventTimeMillis, long revision) {
    return new FeatureVector(
        GenericRowData.of(StringData.fromString(carrier)), null, eventTimeMillis, revision, true);
  }
}
