package io.millrace.expressions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class RowProgramTest {
  private static final RowType FLIGHT =
      RowType.of(
          false,
          new LogicalType[] {
            VarCharType.STRING_TYPE, new IntType(), new IntType(), new BooleanType(false)
          },
          new String[] {"carrier", "dep_delay", "arr_delay", "cancelled"});

  @Test
  void shouldProjectTheRowsThatSatisfyTheConditionAndKeepKindAndTime() throws Exception {
    RowProgram program =
        RowProgram.compile(
            FLIGHT, List.of("`carrier`", "arr_delay - dep_delay"), Optional.of("NOT cancelled"));

    assertThat(program.outputType().getFieldNames()).containsExactly("c0", "c1");
    try (var harness = harness(program)) {
      harness.processElement(record(RowKind.INSERT, flight("UA", 5, 9, false), 10));
      assertThat(records(harness)).hasSize(1);
      assertThat(records(harness).get(0).getTimestamp()).isEqualTo(10);
      assertThat(records(harness).get(0).getValue().getInt(1)).isEqualTo(4);

      harness.processElement(record(RowKind.DELETE, flight("AA", 5, 1, false), 11));
      harness.processElement(record(RowKind.INSERT, flight("DL", 5, 9, true), 12));
      assertThat(records(harness)).hasSize(2);
      RowData last = records(harness).get(1).getValue();
      assertThat(last.getRowKind()).isEqualTo(RowKind.DELETE);
      assertThat(last.getString(0)).hasToString("AA");
      assertThat(last.getInt(1)).isEqualTo(-4);
    }
  }

  @Test
  void shouldSendARowOnWhichAnExpressionFailsToTheSideOutput() throws Exception {
    RowProgram program =
        RowProgram.compile(FLIGHT, List.of("arr_delay / dep_delay"), Optional.empty());

    try (var harness = harness(program)) {
      harness.processElement(record(RowKind.INSERT, flight("UA", 0, 9, false), 10));
      harness.processElement(record(RowKind.INSERT, flight("UA", 3, 9, false), 11));

      assertThat(records(harness)).hasSize(1);
      RowData rejected = harness.getSideOutput(program.rejectedRows()).remove().getValue();
      assertThat(rejected.getRow(0, 4).getString(0)).hasToString("UA");
      assertThat(rejected.getString(1).toString()).contains("by zero");
    }
  }

  @Test
  void shouldRunWhenTheProgramIsTheWholeRow() throws Exception {
    RowProgram program =
        RowProgram.compile(
            FLIGHT,
            List.of("`carrier`", "`dep_delay`", "`arr_delay`", "`cancelled`"),
            Optional.empty());

    try (var harness = harness(program)) {
      harness.processElement(record(RowKind.INSERT, flight("UA", 0, 9, false), 10));
      assertThat(records(harness)).hasSize(1);
    }
  }

  @Test
  void shouldCompileATextOnceAndRunItInSeveralPlaces() throws Exception {
    List<String> text = List.of("UPPER(carrier)");
    RowProgram program = RowProgram.compile(FLIGHT, text, Optional.empty());
    assertThat(RowProgram.compile(FLIGHT, new ArrayList<>(text), Optional.empty()))
        .isSameAs(program);

    try (var one = harness(program);
        var other = harness(program)) {
      one.processElement(record(RowKind.INSERT, flight("ua", 5, 9, false), 10));
      other.processElement(record(RowKind.INSERT, flight("dl", 5, 9, false), 11));
      one.processElement(record(RowKind.INSERT, flight("aa", 5, 9, false), 12));
      assertThat(records(one))
          .extracting(it -> it.getValue().getString(0).toString())
          .last()
          .isEqualTo("AA");
      assertThat(records(one)).hasSize(2);
      assertThat(records(other)).hasSize(1);
    }
  }

  @Test
  void shouldCompileATextAgainForRowsOfAnotherType() throws Exception {
    RowType wider =
        RowType.of(
            false,
            new LogicalType[] {VarCharType.STRING_TYPE, new BigIntType()},
            new String[] {"carrier", "dep_delay"});
    List<String> text = List.of("dep_delay + 1");

    RowType ints = RowProgram.compile(FLIGHT, text, Optional.empty()).outputType();
    RowType longs = RowProgram.compile(wider, text, Optional.empty()).outputType();

    assertThat(ints.getTypeAt(0)).isEqualTo(new IntType());
    assertThat(longs.getTypeAt(0)).isEqualTo(new BigIntType());
  }

  @Test
  void shouldNameTheExpressionThatIsRefusedAndWhy() {
    assertRefused("dep_dely > 5", "dep_dely");
    assertRefused("dep_delay >", "Encountered");
    assertRefused("dep_delay", "condition");
    assertRefused("dep_delay > (SELECT 1)", "");
    assertRefused("TRUE) OR (SUM(dep_delay) > 3", "");
    assertRefused("RAND() > 0.5", "RAND");
    assertRefused("TRUE; DROP TABLE x", "';'");
  }

  @Test
  void shouldRefuseAggregatesInProjections() {
    assertThatThrownBy(
            () ->
                RowProgram.compile(FLIGHT, List.of("carrier", "SUM(dep_delay)"), Optional.empty()))
        .isInstanceOf(ExpressionException.class);
    assertThatThrownBy(
            () ->
                RowProgram.compile(
                    FLIGHT,
                    List.of("SUM(dep_delay) OVER (PARTITION BY carrier)"),
                    Optional.empty()))
        .isInstanceOf(ExpressionException.class);
  }

  @Test
  void shouldReadFieldsThatEvolvedBesideTheContract() throws Exception {
    RowType type =
        RowType.of(
            false,
            new LogicalType[] {
              VarCharType.STRING_TYPE, new MapType(VarCharType.STRING_TYPE, VarCharType.STRING_TYPE)
            },
            new String[] {"carrier", Source.EVOLVED_COLUMN});
    RowProgram program =
        RowProgram.compile(
            type,
            List.of(
                "_evolved['gate']",
                "CAST(_evolved['delay'] AS INT)",
                "JSON_VALUE(_evolved['gate'], '$')",
                "JSON_VALUE(_evolved['at'], '$.city')"),
            Optional.empty());
    GenericMapData evolved =
        new GenericMapData(
            Map.of(
                StringData.fromString("gate"), StringData.fromString("\"B12\""),
                StringData.fromString("at"), StringData.fromString("{\"city\": \"Rome\"}"),
                StringData.fromString("delay"), StringData.fromString("17")));

    try (var harness = harness(program, type)) {
      harness.processElement(
          record(RowKind.INSERT, GenericRowData.of(StringData.fromString("UA"), evolved), 1));
      harness.processElement(
          record(RowKind.INSERT, GenericRowData.of(StringData.fromString("UA"), null), 2));

      RowData first = records(harness).get(0).getValue();
      assertThat(first.getString(0)).hasToString("\"B12\"");
      assertThat(first.getInt(1)).isEqualTo(17);
      assertThat(first.getString(2)).hasToString("B12");
      assertThat(first.getString(3)).hasToString("Rome");
      assertThat(records(harness).get(1).getValue().isNullAt(2)).isTrue();
    }
  }

  private static void assertRefused(String where, String message) {
    assertThatThrownBy(() -> RowProgram.compile(FLIGHT, List.of("`carrier`"), Optional.of(where)))
        .isInstanceOfSatisfying(
            ExpressionException.class, e -> assertThat(e.expression()).isEqualTo(where))
        .hasMessageContaining(message);
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(RowProgram program)
      throws Exception {
    return harness(program, FLIGHT);
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(
      RowProgram program, RowType type) throws Exception {
    DataStream<RowData> rows =
        new StreamExecutionEnvironment()
            .fromSequence(0, 0)
            .map(ignored -> (RowData) null)
            .returns(InternalTypeInfo.of(type));
    OneInputTransformation<?, ?> step =
        (OneInputTransformation<?, ?>) program.applyTo(rows, "program").getTransformation();
    var serializer = InternalTypeInfo.of(type).createSerializer(new SerializerConfigImpl());
    @SuppressWarnings("unchecked") // one RowData input, one RowData output
    OneInputStreamOperatorTestHarness<RowData, RowData> harness =
        step.getOperatorFactory() instanceof SimpleOperatorFactory<?> simple
            ? new OneInputStreamOperatorTestHarness<>(
                (OneInputStreamOperator<RowData, RowData>) simple.getOperator(), serializer)
            : new OneInputStreamOperatorTestHarness<>(
                (OneInputStreamOperatorFactory<RowData, RowData>) step.getOperatorFactory(),
                serializer);
    harness.open();
    return harness;
  }

  private static List<StreamRecord<? extends RowData>> records(
      OneInputStreamOperatorTestHarness<RowData, RowData> harness) {
    return harness.extractOutputStreamRecords();
  }

  private static StreamRecord<RowData> record(RowKind kind, GenericRowData row, long time) {
    row.setRowKind(kind);
    return new StreamRecord<>(row, time);
  }

  private static GenericRowData flight(
      String carrier, int depDelay, int arrDelay, boolean cancelled) {
    return GenericRowData.of(StringData.fromString(carrier), depDelay, arrDelay, cancelled);
  }
}
