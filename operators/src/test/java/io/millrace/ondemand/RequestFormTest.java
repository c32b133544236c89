package io.millrace.ondemand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandSpec;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class RequestFormTest {
  private static final RowType REQUEST =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("items", DataTypes.SMALLINT()),
                  DataTypes.FIELD("amount", DataTypes.DOUBLE()),
                  DataTypes.FIELD("price", DataTypes.DECIMAL(6, 2)),
                  DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)),
                  DataTypes.FIELD("tags", DataTypes.ARRAY(DataTypes.STRING())))
              .getLogicalType();

  private final RequestForm form =
      new RequestForm(
          new CompiledGroup(
              new OnDemandSpec("risk", REQUEST, List.of(), FeatureViewSpec.About.NOTHING),
              List.of(),
              List.of()));

  private static Map<String, Object> request() {
    Map<String, Object> request = new HashMap<>();
    request.put("items", 3);
    request.put("amount", 7);
    request.put("price", new BigDecimal("12.5"));
    request.put("at", Instant.parse("2026-03-01T10:00:00.123456Z"));
    request.put("tags", List.of("a", "b"));
    return request;
  }

  @Test
  void shouldTakeWholeNumbersInAnyWidthAndTimesInTheirPrecision() {
    GenericRowData row = form.row(request());

    assertThat(row.getField(0)).isEqualTo((short) 3);
    assertThat(row.getField(1)).isEqualTo(7.0);
    assertThat(row.getField(2)).isEqualTo(DecimalData.fromUnscaledLong(1250, 6, 2));
    assertThat(row.getField(3))
        .isEqualTo(TimestampData.fromInstant(Instant.parse("2026-03-01T10:00:00.123Z")));
    assertThat(form.named(row).get("tags")).isEqualTo(List.of("a", "b"));
  }

  @Test
  void shouldReadJson() throws IOException {
    Map<String, Object> parsed =
        form.parse(
            new ObjectMapper()
                .readTree(
                    """
                    {"items": 3, "amount": 7, "price": 12.5, "at": "2026-03-01T10:00:00.123456Z",
                     "tags": ["a", "b"]}
                    """));

    assertThat(form.row(parsed)).isEqualTo(form.row(request()));
  }

  @Test
  void shouldNameEverythingThatIsWrongAtOnce() {
    Map<String, Object> request = request();
    request.remove("tags");
    request.put("items", 40_000);
    request.put("amount", "much");
    request.put("price", new BigDecimal("1.005"));
    request.put("att", null);

    assertThatThrownBy(() -> form.row(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a request of risk: ")
        .hasMessageContaining("field items of the request is SMALLINT, which cannot hold 40000")
        .hasMessageContaining("amount is DOUBLE, but a String was given")
        .hasMessageContaining(
            "field price of the request is DECIMAL(6, 2), which cannot hold 1.005")
        .hasMessageContaining("has no tags, which is to be there even where it is null")
        .hasMessageContaining("there is no field att; did you mean \"at\"?");
  }

  @Test
  void shouldSayWhichColumnsHoldAFieldWithoutLoss() {
    RequestField whole = new RequestField("n", new IntType());
    RequestField fraction = new RequestField("d", new DoubleType());
    RequestField decimal = new RequestField("p", new DecimalType(10, 2));
    RequestField time = new RequestField("t", new LocalZonedTimestampType(3));

    assertThat(whole.fits(new BigIntType())).isTrue();
    assertThat(whole.fits(new DoubleType())).isFalse();
    assertThat(fraction.fits(new SmallIntType(false))).isTrue();
    assertThat(fraction.fits(VarCharType.STRING_TYPE)).isFalse();
    assertThat(decimal.fits(new DecimalType(8, 2))).isTrue();
    assertThat(decimal.fits(new DecimalType(9, 0))).isFalse();
    assertThat(decimal.fits(new DecimalType(10, 3))).isFalse();
    assertThat(time.fits(new LocalZonedTimestampType(6))).isTrue();
    assertThat(time.fits(new TimestampType(3))).isFalse();
    assertThatThrownBy(() -> whole.value(1L << 40)).isInstanceOf(ArithmeticException.class);
  }
}
