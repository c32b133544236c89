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
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class HashLayoutTest {

  private static final FeatureSchema ROUTES =
      new FeatureSchema(
          "routes",
          CarrierView.row(
              DataTypes.FIELD("origin", DataTypes.STRING()),
              DataTypes.FIELD("flight", DataTypes.INT())),
          CarrierView.row(DataTypes.FIELD("departures", DataTypes.BIGINT())));

  private static String key(Object... entity) {
    HashLayout layout = new HashLayout("flights", ROUTES, Optional.empty());
    return new String(layout.key(Arrays.asList(entity)), StandardCharsets.UTF_8);
  }

  @Test
  void shouldJoinTheEntityValuesInOrder() {
    assertThat(key("EWR", 1545)).isEqualTo("millrace:flights:routes:EWR:1545");
  }

  @Test
  void shouldEscapeWhatWouldMakeTwoEntitiesOne() {
    assertThat(key("a:b", 1)).isEqualTo("millrace:flights:routes:a%3Ab:1");
    assertThat(key("100%", 1)).isEqualTo("millrace:flights:routes:100%25:1");
    assertThat(key("a\n\u007f", 1)).isEqualTo("millrace:flights:routes:a%0A%7F:1");
    assertThat(key("Zürich ✈", 1)).isEqualTo("millrace:flights:routes:Zürich ✈:1");
    assertThat(key("", 1)).isEqualTo("millrace:flights:routes::1");
    assertThat(key(null, 1)).isEqualTo("millrace:flights:routes:%null:1");
    assertThat(key("%null", 1)).isEqualTo("millrace:flights:routes:%25null:1");
  }

  @Test
  void shouldTellTheEntityOfAKey() {
    HashLayout layout = new HashLayout("flights", ROUTES, Optional.empty());
    for (String origin :
        Arrays.asList("EWR", "a:b", "100%", "%null", "%3A", "a\n\u007f", "Zürich ✈", "", null)) {
      List<Object> entity = Arrays.asList(origin, -7);
      assertThat(layout.entity(layout.key(entity))).contains(entity);
    }
    for (String other :
        List.of(
            "millrace:flights:routes:EWR",
            "millrace:flights:routes:EWR:x",
            "millrace:flights:routes:EWR:1:2",
            "millrace:flights:routes2:EWR:1")) {
      assertThat(layout.entity(other.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
  }

  @Test
  void shouldTakeThePatternsOwnCharactersLiterally() {
    FeatureSchema strange = new FeatureSchema("a*[b]?", ROUTES.entity(), ROUTES.values());
    HashLayout layout = new HashLayout("flights", strange, Optional.empty());
    assertThat(new String(layout.pattern(), StandardCharsets.UTF_8))
        .isEqualTo("millrace:flights:a\\*\\[b\\]\\?:*");
  }

  @Test
  void shouldWriteValuesAsAPersonReadsThem() {
    assertText(DataTypes.BIGINT(), 12L, "12");
    assertText(DataTypes.INT(), -3, "-3");
    assertText(DataTypes.SMALLINT(), (short) 3, "3");
    assertText(DataTypes.TINYINT(), (byte) 3, "3");
    assertText(DataTypes.DOUBLE(), 3.25, "3.25");
    assertText(DataTypes.DOUBLE(), 12_345_678.5, "12345678.5");
    assertText(DataTypes.DOUBLE(), 1e22, "1.0E22");
    assertText(DataTypes.DOUBLE(), 0.0005, "0.0005");
    assertText(DataTypes.DOUBLE(), -0.0, "-0.0");
    assertText(DataTypes.DOUBLE(), Double.NaN, "NaN");
    assertText(DataTypes.DOUBLE(), Double.NEGATIVE_INFINITY, "-Infinity");
    assertText(DataTypes.FLOAT(), 0.1f, "0.1");
    assertText(DataTypes.DECIMAL(38, 2), new BigDecimal("1E+3"), "1000");
    assertText(DataTypes.BOOLEAN(), false, "false");
    assertText(DataTypes.STRING(), "a \"b\"", "a \"b\"");
    assertText(DataTypes.BYTES(), new byte[] {1, -1}, "Af8=");
    assertText(DataTypes.DATE(), LocalDate.parse("2013-01-01"), "2013-01-01");
    assertText(DataTypes.TIME(), LocalTime.parse("10:15:30"), "10:15:30");
    assertText(
        DataTypes.TIMESTAMP(3), LocalDateTime.parse("2013-01-01T05:15:00"), "2013-01-01T05:15");
    assertText(
        DataTypes.TIMESTAMP_LTZ(3), Instant.parse("2013-01-01T10:15:00Z"), "2013-01-01T10:15:00Z");
    assertText(
        DataTypes.ARRAY(DataTypes.STRING()),
        Arrays.asList("BOS", null, "\""),
        "[\"BOS\",null,\"\\\"\"]");
    assertText(DataTypes.ARRAY(DataTypes.BIGINT()), List.of(1L, 2L), "[1,2]");
    assertText(DataTypes.ARRAY(DataTypes.DOUBLE()), List.of(1.5, Double.NaN), "[1.5,\"NaN\"]");
    assertText(
        DataTypes.ARRAY(DataTypes.TIMESTAMP_LTZ(3)),
        List.of(Instant.EPOCH),
        "[\"1970-01-01T00:00:00Z\"]");
  }

  private static void assertText(DataType type, Object value, String text) {
    assertThat(TextValues.format(value)).isEqualTo(text);
    Object back = TextValues.parse(type.getLogicalType(), text);
    if (value instanceof BigDecimal decimal) {
      assertThat((BigDecimal) back).isEqualByComparingTo(decimal);
    } else {
      assertThat(back).isEqualTo(value);
    }
  }

  @Test
  void shouldRefuseNamesThatItNeedsItself() {
    FeatureSchema schema = CarrierView.schema(DataTypes.FIELD("_version", DataTypes.BIGINT()));
    assertThatThrownBy(() -> new HashLayout("flights", schema, Optional.empty()))
        .hasMessageContaining("_version is taken by Millrace")
        .hasMessageContaining("rename it");
  }

  @Test
  void shouldRefuseTypesThatItCannotHold() {
    FeatureSchema schema =
        CarrierView.schema(
            DataTypes.FIELD("place", DataTypes.ROW(DataTypes.FIELD("x", DataTypes.INT()))));
    assertThatThrownBy(() -> new HashLayout("flights", schema, Optional.empty()))
        .hasMessageContaining("field place: the online store cannot hold ROW");
  }

  @Test
  void shouldReadAKeyFromText() {
    assertThat(FeatureReader.entity(ROUTES, "EWR,1545")).isEqualTo(List.of("EWR", 1545));
    assertThat(FeatureReader.entity(ROUTES, "flight=1545,origin=EWR"))
        .isEqualTo(List.of("EWR", 1545));
    assertThat(FeatureReader.entity(CarrierView.SCHEMA, "a,b=c")).isEqualTo(List.of("a,b=c"));
    assertThat(FeatureReader.entity(CarrierView.SCHEMA, "carrier=UA")).isEqualTo(List.of("UA"));
    assertThatThrownBy(() -> FeatureReader.entity(ROUTES, "EWR"))
        .hasMessage("key EWR has 1 values, expected origin,flight, or origin=...,flight=...");
    assertThatThrownBy(() -> FeatureReader.entity(ROUTES, "EWR,x"))
        .hasMessage("key EWR,x, flight: \"x\" is not a value of type INT");
    assertThatThrownBy(() -> FeatureReader.entity(ROUTES, "origin=EWR,origin=JFK"))
        .hasMessageContaining("gives origin twice");
  }
}
