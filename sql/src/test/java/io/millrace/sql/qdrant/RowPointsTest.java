package io.millrace.sql.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowPointsTest {

  private static final RowPoints POINTS =
      new RowPoints(
          QdrantTable.of(
              "planes",
              (RowType)
                  DataTypes.ROW(
                          DataTypes.FIELD("tailnum", DataTypes.STRING()),
                          DataTypes.FIELD("changed", DataTypes.TIMESTAMP_LTZ(6)),
                          DataTypes.FIELD("emb", DataTypes.ARRAY(DataTypes.FLOAT())))
                      .getLogicalType(),
              List.of("tailnum"),
              Configuration.fromMap(
                  Map.of(
                      "url", "http://localhost:1",
                      "collection", "planes",
                      "model", "m/fp32",
                      "version-column", "changed"))));

  private static GenericRowData row(TimestampData changed) {
    return GenericRowData.of(
        StringData.fromString("N1"), changed, new GenericArrayData(new float[] {1, 0}));
  }

  @Test
  void shouldTakeTheVersionInMicroseconds() throws Exception {
    assertThat(
            POINTS
                .point(row(TimestampData.fromEpochMillis(1_000, 2_999)), Clock.systemUTC())
                .version())
        .isEqualTo(1_000_002);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 9_007_199_254_741L, Long.MAX_VALUE, Long.MIN_VALUE})
  void shouldRefuseAVersionThatNobodyCanCompare(long millis) {
    assertThatThrownBy(
            () -> POINTS.point(row(TimestampData.fromEpochMillis(millis)), Clock.systemUTC()))
        .isInstanceOf(RowPoints.Refusal.class)
        .hasMessageContaining("expected microseconds from 1970 to 2255");
  }
}
