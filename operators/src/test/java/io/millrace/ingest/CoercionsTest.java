package io.millrace.ingest;

import static io.millrace.ingest.GuardFixture.optional;
import static io.millrace.pipeline.SchemaDrift.Coercion.ANY_TO_STRING;
import static io.millrace.pipeline.SchemaDrift.Coercion.BOOLEAN_NUMBERS;
import static io.millrace.pipeline.SchemaDrift.Coercion.BOOLEAN_STRINGS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_MICROS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_MILLIS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_SECONDS;
import static io.millrace.pipeline.SchemaDrift.Coercion.INTEGRAL_FLOATS;
import static io.millrace.pipeline.SchemaDrift.Coercion.ISO_TIMESTAMPS;
import static io.millrace.pipeline.SchemaDrift.Coercion.NUMERIC_STRINGS;
import static io.millrace.pipeline.SchemaDrift.Coercion.TRUNCATE_SUBSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.pipeline.SchemaDrift.Coercion;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.DeadLetterReason;
import java.time.LocalDate;
import java.util.List;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each coercion: read with it, refused without it, with a hint. */
class CoercionsTest {

  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);
  private static final LogicalType LTZ = new LocalZonedTimestampType(3);
  private static final LogicalType LOCAL = new TimestampType(3);
  private static final TimestampData NEW_YEAR = time("2013-01-01T10:15:00Z");

  static List<Arguments> readable() {
    return List.of(
        of(new IntType(), "\"12\"", 12, NUMERIC_STRINGS),
        of(new BigIntType(), "\"-9223372036854775808\"", Long.MIN_VALUE, NUMERIC_STRINGS),
        of(new TinyIntType(), "\"1e2\"", (byte) 100, NUMERIC_STRINGS, INTEGRAL_FLOATS),
        of(new IntType(), "12.0", 12, INTEGRAL_FLOATS),
        of(new IntType(), "1.2e1", 12, INTEGRAL_FLOATS),
        of(new DoubleType(), "\"12.5\"", 12.5, NUMERIC_STRINGS),
        of(new FloatType(), "\"0.1\"", 0.1f, NUMERIC_STRINGS),
        of(new BooleanType(), "1", true, BOOLEAN_NUMBERS),
        of(new BooleanType(), "0", false, BOOLEAN_NUMBERS),
        of(new BooleanType(), "\"True\"", true, BOOLEAN_STRINGS),
        of(new BooleanType(), "\"0\"", false, BOOLEAN_NUMBERS, NUMERIC_STRINGS),
        of(LTZ, "1357035300", NEW_YEAR, EPOCH_SECONDS),
        of(LTZ, "1357035300000000", NEW_YEAR, EPOCH_MICROS),
        of(LTZ, "\"1357035300\"", NEW_YEAR, EPOCH_SECONDS, NUMERIC_STRINGS),
        of(LTZ, "1357035300", time("1970-01-16T16:57:15.300Z"), EPOCH_MILLIS),
        of(LOCAL, "1357035300", NEW_YEAR, EPOCH_SECONDS),
        of(LOCAL, "1357035300000", NEW_YEAR, EPOCH_MILLIS),
        of(
            new TimestampType(6),
            "1357035300000250",
            time("2013-01-01T10:15:00.000250Z"),
            EPOCH_MICROS),
        of(LTZ, "\"2013-01-01T10:15:00\"", NEW_YEAR, ISO_TIMESTAMPS),
        of(LTZ, "\"2013-01-01\"", time("2013-01-01T00:00:00Z"), ISO_TIMESTAMPS),
        of(LOCAL, "\"2013-01-01T11:15:00+01:00\"", NEW_YEAR, ISO_TIMESTAMPS),
        of(
            LTZ,
            "\"2013-01-01T10:15:00.123456789Z\"",
            time("2013-01-01T10:15:00.123Z"),
            TRUNCATE_SUBSECONDS),
        of(
            LOCAL,
            "\"1969-12-31T23:59:59.9999\"",
            time("1969-12-31T23:59:59.999Z"),
            TRUNCATE_SUBSECONDS),
        of(
            new LocalZonedTimestampType(0),
            "\"1969-12-31T23:59:59.5Z\"",
            time("1969-12-31T23:59:59Z"),
            TRUNCATE_SUBSECONDS),
        of(
            LTZ,
            "\"2013-01-01T10:15:00.1239\"",
            time("2013-01-01T10:15:00.123Z"),
            TRUNCATE_SUBSECONDS,
            ISO_TIMESTAMPS),
        of(new TimeType(0), "\"10:15:00.999\"", 36_900_000, TRUNCATE_SUBSECONDS),
        of(new DateType(), "\"2013-01-01T00:00:00Z\"", days("2013-01-01"), ISO_TIMESTAMPS),
        of(new DateType(), "1356998400", days("2013-01-01"), EPOCH_SECONDS),
        of(STRING, "12.50", StringData.fromString("12.50"), ANY_TO_STRING),
        of(STRING, "{\"a\": [1]}", StringData.fromString("{\"a\": [1]}"), ANY_TO_STRING),
        of(STRING, "true", StringData.fromString("true"), ANY_TO_STRING));
  }

  private static Arguments of(LogicalType type, String json, Object value, Coercion... needed) {
    return Arguments.of(type, json, value, needed);
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("readable")
  void shouldReadWhereAllowedAndSaySo(
      LogicalType type, String json, Object value, Coercion... needed) {
    GuardFixture source =
        GuardFixture.of(optional("x", type))
            .with(Kind.TYPE_CHANGE, Policy.QUARANTINE)
            .coercing(needed);

    Ingested row = source.settle("{\"x\":" + json + "}");

    assertThat(row.isRow()).as(() -> row.deadLetter().message()).isTrue();
    assertThat(source.value(row, "x")).isEqualTo(value);
    assertThat(row.drift().deviations())
        .singleElement()
        .satisfies(
            deviation -> {
              assertThat(deviation.kind()).isEqualTo(Kind.TYPE_CHANGE);
              assertThat(deviation.outcome()).isEqualTo(Outcome.ADAPTED);
              assertThat(deviation.sample()).isEqualTo(json);
            });
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("readable")
  void shouldRefuseWhereNotAllowedAndNameTheCure(
      LogicalType type, String json, Object value, Coercion... needed) {
    GuardFixture source =
        GuardFixture.of(optional("x", type)).with(Kind.TYPE_CHANGE, Policy.QUARANTINE).coercing();

    Ingested letter = source.settle("{\"x\":" + json + "}");

    assertThat(letter.isDeadLetter()).isTrue();
    // A number that could be both is taken for seconds, unless the pipeline says otherwise.
    if (!List.of(needed).contains(EPOCH_MILLIS)) {
      assertThat(letter.deadLetter().message()).contains("coerce: [");
      for (Coercion coercion : needed) {
        assertThat(letter.deadLetter().message()).contains(coercion.keyword());
      }
    }
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("refused")
  void shouldNotGuess(LogicalType type, String json) {
    GuardFixture source =
        GuardFixture.of(optional("x", type))
            .with(Kind.TYPE_CHANGE, Policy.QUARANTINE)
            .coercing(
                NUMERIC_STRINGS,
                INTEGRAL_FLOATS,
                BOOLEAN_NUMBERS,
                BOOLEAN_STRINGS,
                EPOCH_SECONDS,
                EPOCH_MILLIS,
                EPOCH_MICROS,
                ISO_TIMESTAMPS,
                TRUNCATE_SUBSECONDS);

    assertThat(source.settle("{\"x\":" + json + "}").isDeadLetter()).isTrue();
  }

  static List<Arguments> refused() {
    return List.of(
        Arguments.of(new IntType(), "\" 12\""),
        Arguments.of(new IntType(), "\"0x12\""),
        Arguments.of(new IntType(), "\"1,200\""),
        Arguments.of(new IntType(), "\"\""),
        Arguments.of(new IntType(), "12.5"),
        Arguments.of(new IntType(), "\"12.5\""),
        Arguments.of(new IntType(), "\"3000000000\""),
        Arguments.of(new IntType(), "true"),
        Arguments.of(new IntType(), "1e999"),
        Arguments.of(new IntType(), "\"1e999\""),
        Arguments.of(new DoubleType(), "\"NaN\""),
        Arguments.of(new DoubleType(), "\"1e999\""),
        Arguments.of(new DoubleType(), "true"),
        Arguments.of(new BooleanType(), "2"),
        Arguments.of(new BooleanType(), "\"yes\""),
        Arguments.of(LOCAL, "12345678"),
        Arguments.of(LOCAL, "50000000000"),
        Arguments.of(LOCAL, "\"noon\""),
        Arguments.of(LTZ, "\"2013-02-30T00:00:00Z\""),
        Arguments.of(new DateType(), "\"2013-01-01T10:15:00Z\""),
        Arguments.of(new DateType(), "1357035300"),
        Arguments.of(new TimeType(3), "36900"),
        Arguments.of(STRING, "12"));
  }

  @Test
  void shouldTakeByDefaultWhatLibrariesDoByThemselves() {
    GuardFixture source = GuardFixture.of(optional("at", LTZ), optional("n", new IntType()));

    Ingested row = source.settle("{\"at\":\"2013-01-01T10:15:00.123456789Z\"}");

    assertThat(source.value(row, "at")).isEqualTo(time("2013-01-01T10:15:00.123Z"));
    assertThat(row.drift().outcome()).isEqualTo(Outcome.ADAPTED);
    assertThat(source.value(source.settle("{\"n\":12.0}"), "n")).isEqualTo(12L);
    assertThat(source.settle("{\"n\":\"12\"}").deadLetter().message())
        .isEqualTo(
            "the string '12' where INTEGER is expected;"
                + " schema_drift could take it with coerce: [numeric_strings]");
  }

  @Test
  void shouldTakeNoSecondsForMilliseconds() {
    GuardFixture source = GuardFixture.of(optional("at", LTZ));

    assertThat(source.settle("{\"at\":1357035300}").deadLetter().reason())
        .isEqualTo(DeadLetterReason.WRONG_TYPE);
    assertThat(source.settle("{\"at\":1357035300}").deadLetter().message())
        .contains("in seconds it would be 2013-01-01T10:15:00Z", "epoch_seconds");
    assertThat(source.value(source.settle("{\"at\":1357035300000}"), "at")).isEqualTo(NEW_YEAR);
    assertThat(source.value(source.settle("{\"at\":0}"), "at"))
        .isEqualTo(time("1970-01-01T00:00:00Z"));
  }

  @Test
  void shouldWidenWhatACoercionReads() {
    GuardFixture source = GuardFixture.of(optional("n", new IntType())).coercing(NUMERIC_STRINGS);

    assertThat(source.value(source.settle("{\"n\":\"3000000000\"}"), "n"))
        .isEqualTo(3_000_000_000L);
  }

  @Test
  void shouldTakeADateForItsMidnightWhereTypesEvolve() {
    GuardFixture source = GuardFixture.of(optional("at", LOCAL), optional("day", new DateType()));

    Ingested row = source.settle("{\"at\":\"2013-01-01\",\"day\":\"2013-01-01T10:15:00\"}");

    assertThat(source.value(row, "at")).isEqualTo(time("2013-01-01T00:00:00Z"));
    assertThat(source.evolved(row)).containsEntry("day__timestamp", "\"2013-01-01T10:15:00\"");
  }

  private static TimestampData time(String instant) {
    return TimestampData.fromInstant(java.time.Instant.parse(instant));
  }

  private static int days(String date) {
    return (int) LocalDate.parse(date).toEpochDay();
  }
}
