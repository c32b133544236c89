package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.DUPLICATE_FIELD;
import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.NOT_JSON;
import static io.millrace.records.DeadLetterReason.NULL_RECORD;
import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;
import static io.millrace.records.DeadLetterReason.TOO_DEEP;
import static io.millrace.records.DeadLetterReason.TOO_LARGE;
import static io.millrace.records.DeadLetterReason.TRAILING_DATA;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.DeadLetterReason;
import java.math.BigDecimal;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonRowDecoderTest {

  private static final RowType FLIGHT =
      row(
          DataTypes.FIELD("id", DataTypes.STRING().notNull()),
          DataTypes.FIELD("flight", DataTypes.INT()),
          DataTypes.FIELD("delay", DataTypes.DOUBLE()),
          DataTypes.FIELD("fare", DataTypes.DECIMAL(8, 2)),
          DataTypes.FIELD("cancelled", DataTypes.BOOLEAN()),
          DataTypes.FIELD("departed_at", DataTypes.TIMESTAMP_LTZ(3)),
          DataTypes.FIELD("local_time", DataTypes.TIMESTAMP(6)),
          DataTypes.FIELD("day", DataTypes.DATE()),
          DataTypes.FIELD("at", DataTypes.TIME(0)),
          DataTypes.FIELD("code", DataTypes.VARCHAR(3)),
          DataTypes.FIELD("digest", DataTypes.VARBINARY(4)),
          DataTypes.FIELD("tiny", DataTypes.TINYINT()),
          DataTypes.FIELD("small", DataTypes.SMALLINT()),
          DataTypes.FIELD("big", DataTypes.BIGINT()),
          DataTypes.FIELD("ratio", DataTypes.FLOAT()),
          DataTypes.FIELD(
              "legs",
              DataTypes.ARRAY(
                  DataTypes.ROW(
                      DataTypes.FIELD("dest", DataTypes.STRING().notNull()),
                      DataTypes.FIELD("miles", DataTypes.INT())))));

  private final JsonRowDecoder decoder = new JsonRowDecoder(FLIGHT);

  @Test
  void shouldReadEveryTypeOfTheContract() {
    GenericRowData row =
        rowOf(
            """
            {"id":"UA1545 ✈ 😀","flight":1545,"delay":-2.5,"fare":199.90,"cancelled":false,
             "departed_at":"2013-01-01T05:15:00.250-05:00","local_time":"2013-01-01 05:15:00.123456",
             "day":"2012-02-29","at":"05:15:01","code":"EWR","digest":"AAECAw==",
             "tiny":-128,"small":32767,"big":-9223372036854775808,"ratio":0.5,
             "legs":[{"dest":"IAH","miles":1400},null,{"miles":null,"dest":"LAX"}]}
            """);

    assertThat(row)
        .isEqualTo(
            GenericRowData.of(
                text("UA1545 ✈ 😀"),
                1545,
                -2.5,
                DecimalData.fromBigDecimal(new BigDecimal("199.90"), 8, 2),
                false,
                TimestampData.fromEpochMillis(1357035300250L),
                TimestampData.fromEpochMillis(1357017300123L, 456_000),
                15399,
                18_901_000,
                text("EWR"),
                new byte[] {0, 1, 2, 3},
                (byte) -128,
                (short) 32767,
                Long.MIN_VALUE,
                0.5f,
                new GenericArrayData(
                    new Object[] {
                      GenericRowData.of(text("IAH"), 1400),
                      null,
                      GenericRowData.of(text("LAX"), null)
                    })));
  }

  @Test
  void shouldReadFieldsInAnyOrderAndLeaveAbsentOnesNull() {
    GenericRowData row = rowOf("{\"flight\":1,\"id\":\"a\"}");

    assertThat(row.getField(0)).isEqualTo(text("a"));
    assertThat(row.getField(1)).isEqualTo(1);
    assertThat(row.getField(2)).isNull();
  }

  @Test
  void shouldTakeMomentsInMillisecondsAsWell() {
    assertThat(rowOf("{\"id\":\"a\",\"departed_at\":1357035300250}").getField(5))
        .isEqualTo(TimestampData.fromEpochMillis(1357035300250L));
  }

  @Test
  void shouldKeepDecimalsExactAndReadNumeralsInStrings() {
    DecimalData twelve = DecimalData.fromBigDecimal(new BigDecimal("12.00"), 8, 2);

    for (String fare : new String[] {"12", "12.0", "12.000000", "1.2e1", "\"12\"", "1200e-2"}) {
      assertThat(rowOf("{\"id\":\"a\",\"fare\":" + fare + "}").getField(3)).isEqualTo(twelve);
    }
    assertThat(rowOf("{\"id\":\"a\",\"fare\":0e99}").getField(3))
        .isEqualTo(DecimalData.fromBigDecimal(BigDecimal.ZERO, 8, 2));
  }

  @Test
  void shouldCountFieldsThatTheContractDoesNotKnow() {
    Decoding decoding =
        decode("{\"id\":\"a\",\"new\":{\"x\":[1,{}]},\"legs\":[{\"dest\":\"b\",\"gate\":1}]}");

    assertThat(((Decoding.Row) decoding).unknownFields()).isEqualTo(2);
    assertThat(((Decoding.Row) decode("{\"id\":\"a\"}")).unknownFields()).isZero();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal("", NOT_JSON, "", "empty"),
        refusal("   ", NOT_JSON, "", "empty"),
        refusal("{", NOT_JSON, "", "ends too early"),
        refusal("{\"id\":\"a\"", NOT_JSON, "", "ends too early"),
        refusal("{\"id\":\"a", NOT_JSON, "", "ends too early"),
        refusal("flight 1545", NOT_JSON, "", "at byte"),
        refusal("{'id':'a'}", NOT_JSON, "", "at byte"),
        refusal("{\"id\":\"a\",}", NOT_JSON, "", "at byte"),
        refusal("{\"id\":\"a\",\"delay\":NaN}", NOT_JSON, "", "NaN"),
        refusal("{\"id\":\"a\",\"delay\":Infinity}", NOT_JSON, "", "Infinity"),
        refusal("{\"id\":\"a\",\"flight\":01}", NOT_JSON, "", "zero"),
        refusal("{\"id\":\"a\nb\"}", NOT_JSON, "", "at byte"),
        refusal("{\"id\":\"a\"} x", TRAILING_DATA, "", "follows"),
        refusal("{\"id\":\"a\"}{\"id\":\"b\"}", TRAILING_DATA, "", "follows"),
        refusal("[{\"id\":\"a\"}]", WRONG_TYPE, "", "an array where an object"),
        refusal("\"a\"", WRONG_TYPE, "", "the string 'a' where an object"),
        refusal("null", WRONG_TYPE, "", "null where an object"),
        refusal("{}", MISSING_FIELD, "id", "absent"),
        refusal("{\"id\":null}", MISSING_FIELD, "id", "null"),
        refusal("{\"id\":\"a\",\"id\":\"b\"}", DUPLICATE_FIELD, "id", "twice"),
        refusal("{\"id\":7}", WRONG_TYPE, "id", "the number '7' where STRING"),
        refusal("{\"id\":\"a\",\"flight\":\"7\"}", WRONG_TYPE, "flight", "where INTEGER"),
        refusal("{\"id\":\"a\",\"flight\":7.0}", WRONG_TYPE, "flight", "where INTEGER"),
        refusal("{\"id\":\"a\",\"flight\":true}", WRONG_TYPE, "flight", "the boolean true"),
        refusal("{\"id\":\"a\",\"flight\":{}}", WRONG_TYPE, "flight", "an object"),
        refusal("{\"id\":\"a\",\"flight\":2147483648}", OUT_OF_RANGE, "flight", "INTEGER"),
        refusal("{\"id\":\"a\",\"tiny\":128}", OUT_OF_RANGE, "tiny", "TINYINT"),
        refusal("{\"id\":\"a\",\"small\":-32769}", OUT_OF_RANGE, "small", "SMALLINT"),
        refusal("{\"id\":\"a\",\"big\":9223372036854775808}", OUT_OF_RANGE, "big", "BIGINT"),
        refusal("{\"id\":\"a\",\"delay\":1e400}", OUT_OF_RANGE, "delay", "DOUBLE"),
        refusal("{\"id\":\"a\",\"ratio\":1e39}", OUT_OF_RANGE, "ratio", "FLOAT"),
        refusal("{\"id\":\"a\",\"fare\":1000000}", OUT_OF_RANGE, "fare", "DECIMAL(8, 2)"),
        refusal("{\"id\":\"a\",\"fare\":1e999999999}", OUT_OF_RANGE, "fare", "DECIMAL(8, 2)"),
        refusal("{\"id\":\"a\",\"fare\":0.125}", PRECISION_LOSS, "fare", "raise the contract's"),
        refusal("{\"id\":\"a\",\"fare\":1e-999999999}", PRECISION_LOSS, "fare", "scale"),
        refusal("{\"id\":\"a\",\"fare\":\"NaN\"}", WRONG_TYPE, "fare", "decimal number"),
        refusal("{\"id\":\"a\",\"fare\":" + "9".repeat(2000) + "}", OUT_OF_RANGE, "", "length"),
        refusal("{\"id\":\"a\",\"cancelled\":0}", WRONG_TYPE, "cancelled", "BOOLEAN"),
        refusal("{\"id\":\"a\",\"cancelled\":\"true\"}", WRONG_TYPE, "cancelled", "BOOLEAN"),
        refusal(
            "{\"id\":\"a\",\"departed_at\":\"2013-01-01T05:15:00\"}",
            WRONG_TYPE,
            "departed_at",
            "with zone"),
        refusal(
            "{\"id\":\"a\",\"departed_at\":1357035300250000}",
            OUT_OF_RANGE,
            "departed_at",
            "microseconds"),
        refusal("{\"id\":\"a\",\"departed_at\":1.5}", WRONG_TYPE, "departed_at", "ISO-8601"),
        refusal(
            "{\"id\":\"a\",\"departed_at\":\"2013-01-01T05:15:00.0001Z\"}",
            PRECISION_LOSS,
            "departed_at",
            "3 fractional digits"),
        refusal(
            "{\"id\":\"a\",\"local_time\":\"2013-01-01T05:15:00Z\"}",
            WRONG_TYPE,
            "local_time",
            "without zone"),
        refusal("{\"id\":\"a\",\"local_time\":1}", WRONG_TYPE, "local_time", "TIMESTAMP(6)"),
        refusal("{\"id\":\"a\",\"day\":\"2013-02-29\"}", WRONG_TYPE, "day", "ISO-8601 date"),
        refusal("{\"id\":\"a\",\"at\":\"24:00:00\"}", WRONG_TYPE, "at", "time of day"),
        refusal("{\"id\":\"a\",\"code\":\"EWRX\"}", OUT_OF_RANGE, "code", "3 characters"),
        refusal("{\"id\":\"a\",\"digest\":\"%%\"}", WRONG_TYPE, "digest", "base64"),
        refusal("{\"id\":\"a\",\"digest\":\"AAAAAAAA\"}", OUT_OF_RANGE, "digest", "6 bytes"),
        refusal("{\"id\":\"a\",\"legs\":{}}", WRONG_TYPE, "legs", "an array"),
        refusal("{\"id\":\"a\",\"legs\":[{}]}", MISSING_FIELD, "legs[0].dest", "absent"),
        refusal(
            "{\"id\":\"a\",\"legs\":[null,{\"dest\":\"b\",\"miles\":\"c\"}]}",
            WRONG_TYPE,
            "legs[1].miles",
            "where INTEGER"),
        refusal("{\"id\":\"\\ud83d\"}", INVALID_ENCODING, "id", "half a character"),
        refusal("{\"id\":\"a\",\"x\":" + "[".repeat(64), TOO_DEEP, "", "64 levels"),
        refusal("{\"id\":\"a\",\"x\":" + "{\"y\":".repeat(100_000), TOO_DEEP, "", "64 levels"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void shouldSayWhyARecordIsRefused(
      String json, DeadLetterReason reason, String field, String message) {
    Decoding.Problem problem = (Decoding.Problem) decode(json);

    assertThat(problem.reason()).as(problem.message()).isEqualTo(reason);
    assertThat(problem.field()).isEqualTo(field);
    assertThat(problem.message()).contains(message).hasSizeLessThan(400);
  }

  @Test
  void shouldRefuseBytesThatAreNotUtf8() {
    for (byte[] bytes :
        new byte[][] {
          "{\"id\":\"Zürich\"}".getBytes(ISO_8859_1),
          "{\"id\":\"a\"}".getBytes(UTF_16),
          "{\"id\":\"a\"}".getBytes(UTF_16LE),
          {0, 0, 0, '{'},
          {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xc0, (byte) 0x80, '"', '}'}
        }) {
      assertThat(((Decoding.Problem) decoder.decode(bytes)).reason()).isEqualTo(INVALID_ENCODING);
    }
  }

  @Test
  void shouldRefuseATombstone() {
    assertThat(((Decoding.Problem) decoder.decode(null)).reason()).isEqualTo(NULL_RECORD);
  }

  @Test
  void shouldRefuseTenMegabytesUnread() {
    byte[] long10MB = ("{\"id\":\"" + "x".repeat(10 << 20) + "\"}").getBytes(UTF_8);

    Decoding.Problem problem = (Decoding.Problem) decoder.decode(long10MB);

    assertThat(problem.reason()).isEqualTo(TOO_LARGE);
    assertThat(problem.message()).contains("at most 1048576");
  }

  @Test
  void shouldReadRecordsAtTheLimitsOfLengthAndDepth() {
    String longest = "{\"id\":\"" + "x".repeat(JsonRowDecoder.DEFAULT_MAX_BYTES - 9) + "\"}";
    assertThat(decode(longest)).isInstanceOf(Decoding.Row.class);

    String deepest = "{\"id\":\"a\",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}";
    assertThat(decode(deepest)).isInstanceOf(Decoding.Row.class);
  }

  @Test
  void shouldReadOnAfterABadRecord() {
    decode("{\"id\":\"a\",\"legs\":[{\"dest\":");

    assertThat(rowOf("{\"id\":\"b\"}").getField(0)).isEqualTo(text("b"));
  }

  @Test
  void shouldRefuseTypesWithoutAJsonFormAtStart() {
    RowType type = row(DataTypes.FIELD("m", DataTypes.MULTISET(DataTypes.STRING())));

    assertThatThrownBy(() -> new JsonRowDecoder(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field 'm'")
        .hasMessageContaining("MULTISET");
  }

  private Decoding decode(String json) {
    return decoder.decode(json.getBytes(UTF_8));
  }

  private GenericRowData rowOf(String json) {
    Decoding decoding = decode(json);
    assertThat(decoding).isInstanceOf(Decoding.Row.class);
    return ((Decoding.Row) decoding).row();
  }

  private static Arguments refusal(
      String json, DeadLetterReason reason, String field, String message) {
    return Arguments.of(json, reason, field, message);
  }

  private static StringData text(String value) {
    return StringData.fromString(value);
  }

  private static RowType row(DataTypes.Field... fields) {
    DataType type = DataTypes.ROW(fields).notNull();
    return (RowType) type.getLogicalType();
  }
}
