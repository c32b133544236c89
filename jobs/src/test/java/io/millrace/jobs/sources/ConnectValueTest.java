package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.debezium.time.Date;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.Deviation;
import io.millrace.ingest.FieldScreen;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Intake;
import io.millrace.ingest.RowRules;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetterReason;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectValueTest {

  private static final Schema TEXT = Schema.STRING_SCHEMA;
  private static final Schema ZONED = ZonedTimestamp.schema();
  private static final Schema MICROS = MicroTimestamp.schema();

  static Stream<Arguments> conversions() {
    return Stream.of(
        fits((short) 7, Schema.INT16_SCHEMA, DataTypes.BIGINT(), 7L),
        fits(7L, Schema.INT64_SCHEMA, DataTypes.INT(), 7),
        fits(-128, Schema.INT32_SCHEMA, DataTypes.TINYINT(), (byte) -128),
        fits("12.0", TEXT, DataTypes.BIGINT(), 12L),
        fits(new BigDecimal("12.00"), Schema.BYTES_SCHEMA, DataTypes.INT(), 12),
        fits(0.5f, Schema.FLOAT32_SCHEMA, DataTypes.DOUBLE(), 0.5),
        fits(Double.NaN, Schema.FLOAT64_SCHEMA, DataTypes.DOUBLE(), Double.NaN),
        fits(3, Schema.INT32_SCHEMA, DataTypes.DOUBLE(), 3.0),
        fits("2.5", TEXT, DataTypes.DOUBLE(), 2.5),
        fits("1e2", TEXT, DataTypes.DECIMAL(5, 2), decimal("100.00")),
        fits(5L, Schema.INT64_SCHEMA, DataTypes.DECIMAL(5, 2), decimal("5.00")),
        fits("N1", TEXT, DataTypes.VARCHAR(2), StringData.fromString("N1")),
        fits(15706, Date.schema(), DataTypes.DATE(), 15706),
        fits(18_900_250_000L, MicroTime.schema(), DataTypes.TIME(3), 18_900_250),
        fits(-1L, MICROS, DataTypes.TIMESTAMP(6), TimestampData.fromEpochMillis(-1, 999_000)),
        fits(-1L, Timestamp.schema(), DataTypes.TIMESTAMP(3), TimestampData.fromEpochMillis(-1)),
        // A database means what it says: no seconds, but a time in January 1970.
        fits(
            1_357_035_300L,
            Timestamp.schema(),
            DataTypes.TIMESTAMP(3),
            TimestampData.fromEpochMillis(1_357_035_300L)),
        fits(
            "2013-01-01T10:15:00.25Z",
            ZONED,
            DataTypes.TIMESTAMP_LTZ(3),
            TimestampData.fromEpochMillis(1357035300250L)),
        fits(
            Arrays.asList("a", null),
            SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).build(),
            DataTypes.ARRAY(DataTypes.STRING()),
            new GenericArrayData(new Object[] {StringData.fromString("a"), null})),
        fits(
            "{\"n\":1}",
            TEXT,
            DataTypes.ROW(DataTypes.FIELD("n", DataTypes.INT())),
            GenericRowData.of(1)));
  }

  @ParameterizedTest
  @MethodSource("conversions")
  void shouldConvertWhatFits(Object value, Schema schema, DataType type, Object expected) {
    assertThat(new ConnectValue("f", type.getLogicalType()).convert(value, schema))
        .isEqualTo(expected);
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        refused(40_000, Schema.INT32_SCHEMA, DataTypes.SMALLINT(), OUT_OF_RANGE, "40000"),
        refused(15706, Date.schema(), DataTypes.INT(), WRONG_TYPE, "a column of Date"),
        refused("1.5", TEXT, DataTypes.INT(), PRECISION_LOSS, "is not whole"),
        refused("1e30", TEXT, DataTypes.BIGINT(), OUT_OF_RANGE, "BIGINT"),
        refused("1e999999999", TEXT, DataTypes.BIGINT(), OUT_OF_RANGE, "BIGINT"),
        refused("NaN", TEXT, DataTypes.DECIMAL(5, 2), WRONG_TYPE, "decimal number"),
        refused("1.005", TEXT, DataTypes.DECIMAL(5, 2), PRECISION_LOSS, "raise the contract's"),
        refused("12345", TEXT, DataTypes.DECIMAL(5, 2), OUT_OF_RANGE, "DECIMAL(5, 2)"),
        refused(1.5, Schema.FLOAT64_SCHEMA, DataTypes.FLOAT(), WRONG_TYPE, "FLOAT64"),
        refused(1, Schema.INT32_SCHEMA, DataTypes.STRING(), WRONG_TYPE, "INT32"),
        refused(true, Schema.BOOLEAN_SCHEMA, DataTypes.INT(), WRONG_TYPE, "BOOLEAN"),
        refused("abc", TEXT, DataTypes.VARCHAR(2), OUT_OF_RANGE, "longer than 2"),
        refused(1L, MICROS, DataTypes.TIMESTAMP(3), PRECISION_LOSS, "3 fractional digits"),
        refused(Long.MAX_VALUE, MICROS, DataTypes.TIMESTAMP(6), OUT_OF_RANGE, "years 0001"),
        refused(1L, MICROS, DataTypes.TIMESTAMP_LTZ(6), WRONG_TYPE, "MicroTimestamp"),
        refused("infinity", ZONED, DataTypes.TIMESTAMP_LTZ(6), WRONG_TYPE, "ISO-8601"),
        refused(
            Arrays.asList("a", null),
            SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).build(),
            DataTypes.ARRAY(DataTypes.STRING().notNull()),
            MISSING_FIELD,
            "null"),
        refused(
            "{\"n\":\"x\"}",
            TEXT,
            DataTypes.ROW(DataTypes.FIELD("n", DataTypes.INT())),
            WRONG_TYPE,
            "INTEGER"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void shouldSayWhyAValueDoesNotFit(
      Object value, Schema schema, DataType type, DeadLetterReason reason, String message) {
    ConnectValue column = new ConnectValue("f", type.getLogicalType());

    DecodingException misfit =
        catchThrowableOfType(DecodingException.class, () -> column.convert(value, schema));

    assertThat(misfit.problem().reason()).isEqualTo(reason);
    assertThat(misfit).hasMessageContaining(message);
  }

  @Test
  void shouldTakeLargeValuesThatAnUpdateLeftAloneFromTheRowBefore() {
    Schema table =
        SchemaBuilder.struct()
            .field("id", TEXT)
            .field("doc", TEXT)
            .field("blob", Schema.BYTES_SCHEMA);
    Struct before =
        new Struct(table)
            .put("id", "a")
            .put("doc", "long")
            .put("blob", ByteBuffer.wrap(new byte[9]));
    Struct after =
        new Struct(table)
            .put("id", "b")
            .put("doc", ConnectRow.UNAVAILABLE)
            .put("blob", ByteBuffer.wrap(ConnectRow.UNAVAILABLE.getBytes(StandardCharsets.UTF_8)));
    RowType type =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("id", DataTypes.STRING()),
                    DataTypes.FIELD("doc", DataTypes.STRING()),
                    DataTypes.FIELD("blob", DataTypes.BYTES()))
                .notNull()
                .getLogicalType();

    Decoding decoding = new ConnectRow(settings(type), TableColumns.NONE).read(after, before);

    assertThat(((Decoding.Row) decoding).row())
        .isEqualTo(
            GenericRowData.of(
                StringData.fromString("b"), StringData.fromString("long"), new byte[9]));
  }

  @Test
  void shouldFollowColumnsThatComeAndGo() {
    RowType type =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("id", DataTypes.STRING().notNull()),
                    DataTypes.FIELD("seats", DataTypes.INT()))
                .notNull()
                .getLogicalType();
    ConnectRow rows = new ConnectRow(settings(type), TableColumns.NONE);
    Schema wide =
        SchemaBuilder.struct()
            .field("new", TEXT)
            .field("seats", Schema.INT32_SCHEMA)
            .field("id", TEXT);
    Schema narrow = SchemaBuilder.struct().field("id", TEXT);

    Decoding.Row first =
        (Decoding.Row)
            rows.read(new Struct(wide).put("id", "a").put("seats", 4).put("new", "x"), null);
    Decoding.Row second = (Decoding.Row) rows.read(new Struct(narrow).put("id", "b"), null);

    assertThat(first.row()).isEqualTo(GenericRowData.of(StringData.fromString("a"), 4));
    assertThat(first.unknownFields()).isEqualTo(1);
    assertThat(second.row()).isEqualTo(GenericRowData.of(StringData.fromString("b"), null));
    Decoding.Drifted third =
        (Decoding.Drifted)
            rows.read(new Struct(SchemaBuilder.struct().field("seats", Schema.INT32_SCHEMA)), null);
    assertThat(third.problem())
        .isEqualTo(new Decoding.Problem(MISSING_FIELD, "id", "the table has no such column"));
    assertThat(third.deviations()).extracting(Deviation::kind).containsExactly(Kind.MISSING_FIELD);
  }

  @Test
  void shouldCarryNewColumnsBesideTheRow() {
    RowType type =
        (RowType)
            DataTypes.ROW(DataTypes.FIELD("id", DataTypes.STRING().notNull()))
                .notNull()
                .getLogicalType();
    ConnectRow rows = new ConnectRow(carrying(type), TableColumns.NONE);
    Schema wide = SchemaBuilder.struct().field("id", TEXT).field("gate", TEXT);

    Decoding.Drifted drifted =
        (Decoding.Drifted) rows.read(new Struct(wide).put("id", "a").put("gate", "B12"), null);

    assertThat(drifted.outcome()).isEqualTo(Deviation.Outcome.CARRIED);
    assertThat(drifted.row().getMap(1))
        .isEqualTo(
            new GenericMapData(
                Map.of(StringData.fromString("gate"), StringData.fromString("\"B12\""))));
  }

  @Test
  void shouldFollowAColumnThatTheDatabaseSaysWasRenamed() {
    RowType type =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("id", DataTypes.STRING().notNull()),
                    DataTypes.FIELD("dest", DataTypes.STRING().notNull()))
                .notNull()
                .getLogicalType();
    Map<String, Integer> numbers = new HashMap<>(Map.of("id", 1, "dest", 2));
    ConnectRow rows = new ConnectRow(carrying(type), () -> Map.copyOf(numbers));
    Schema before = SchemaBuilder.struct().field("id", TEXT).field("dest", TEXT);
    Schema after = SchemaBuilder.struct().field("id", TEXT).field("destination", TEXT);
    assertThat(rows.read(new Struct(before).put("id", "a").put("dest", "LAX"), null))
        .isInstanceOf(Decoding.Row.class);
    numbers.remove("dest");
    numbers.put("destination", 2);

    Struct renamed = new Struct(after).put("id", "a").put("destination", "LAX");
    Decoding.Drifted first = (Decoding.Drifted) rows.read(renamed, null);
    Decoding second = rows.read(renamed, null);

    assertThat(first.row().getString(1)).hasToString("LAX");
    assertThat(first.deviations())
        .singleElement()
        .satisfies(it -> assertThat(it.kind()).isEqualTo(Kind.RENAME))
        .satisfies(it -> assertThat(it.field()).isEqualTo("destination"))
        .satisfies(it -> assertThat(it.expected()).isEqualTo("dest"));
    assertThat(((Decoding.Row) second).row().getString(1)).hasToString("LAX");
  }

  private static Guard.Settings settings(RowType type) {
    return settings(type, type, Policy.IGNORE);
  }

  /** With a place for new columns. */
  private static Guard.Settings carrying(RowType type) {
    List<RowType.RowField> fields = new ArrayList<>(type.getFields());
    fields.add(
        new RowType.RowField(
            Source.EVOLVED_COLUMN,
            DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING()).getLogicalType()));
    return settings(type, new RowType(false, fields), Policy.EVOLVE);
  }

  private static Guard.Settings settings(RowType contract, RowType rows, Policy newField) {
    return new Guard.Settings(
        new Intake.Settings("table", "table", "1.0.0", rows, -1, 0, 1024),
        contract,
        Map.of(),
        Set.of(),
        new SchemaDrift(Map.of(Kind.NEW_FIELD, newField), 0.9, Set.of(), false, false, Map.of()),
        RowRules.NONE,
        FieldScreen.OPEN);
  }

  @Test
  void shouldRefuseTypesThatNoColumnHasAtStart() {
    assertThatThrownBy(
            () -> new ConnectValue("m", DataTypes.MULTISET(DataTypes.INT()).getLogicalType()))
        .hasMessageContaining("field 'm': no column has type MULTISET<INT>");
  }

  private static Arguments fits(Object value, Schema schema, DataType type, Object expected) {
    return Arguments.of(value, schema, type, expected);
  }

  private static Arguments refused(
      Object value, Schema schema, DataType type, DeadLetterReason reason, String message) {
    return Arguments.of(value, schema, type, reason, message);
  }

  private static DecimalData decimal(String value) {
    return DecimalData.fromBigDecimal(new BigDecimal(value), 5, 2);
  }
}
