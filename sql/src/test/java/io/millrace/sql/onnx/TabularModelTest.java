package io.millrace.sql.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class TabularModelTest {

  static String model(String name) {
    return Path.of("src/test/resources/models/" + name + ".onnx").toString();
  }

  private static RowType columns(Object... namesAndTypes) {
    List<DataTypes.Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      fields.add(DataTypes.FIELD((String) namesAndTypes[i], (DataType) namesAndTypes[i + 1]));
    }
    return (RowType) DataTypes.ROW(fields).getLogicalType();
  }

  private static RowModel open(String model, RowType input, RowType output) {
    return new TabularModel.Opener(model(model), input, output, false).open();
  }

  private static final RowType FLIGHT =
      columns("dep_delay", DataTypes.FLOAT(), "departures", DataTypes.BIGINT());

  @Test
  void shouldTakeInputsByNameAndGiveScalars() throws Exception {
    RowType output = columns("late", DataTypes.BOOLEAN(), "probability", DataTypes.DOUBLE());
    try (RowModel model = open("late", FLIGHT, output)) {
      List<RowModel.Prediction> predictions =
          model.predict(List.of(new Object[] {90f, 10L}, new Object[] {0f, 0L}));
      RowData first = predictions.get(0).row();
      assertThat(first.getBoolean(0)).isTrue();
      assertThat(first.getDouble(1)).isCloseTo(1 / (1 + Math.exp(-1.7)), within(1e-6));
      assertThat(predictions.get(1).row().getBoolean(0)).isFalse();
    }
  }

  @Test
  void shouldPackColumnsOfAnyNamesIntoTheOnlyInput() throws Exception {
    RowType three =
        columns("a", DataTypes.INT(), "b", DataTypes.DECIMAL(9, 2), "c", DataTypes.DOUBLE());
    RowType output =
        columns("scores", DataTypes.ARRAY(DataTypes.DOUBLE()), "label", DataTypes.STRING());
    try (RowModel model = open("packed", three, output)) {
      List<RowModel.Prediction> predictions =
          model.predict(
              List.of(
                  new Object[] {1, new BigDecimal("2.00"), 3.0},
                  new Object[] {-9, new BigDecimal("0.00"), 1.0}));
      RowData first = predictions.get(0).row();
      assertThat(first.getArray(0).toDoubleArray()).containsExactly(14, 2);
      assertThat(first.getString(1)).hasToString("up");
      assertThat(predictions.get(1).row().getArray(0).toDoubleArray()).containsExactly(-6, 10);
      assertThat(predictions.get(1).row().getString(1)).hasToString("down");
    }
  }

  @Test
  void shouldTakeAnArrayForTheOnlyInput() throws Exception {
    RowType array = columns("x", DataTypes.ARRAY(DataTypes.FLOAT()));
    try (RowModel model = open("packed", array, columns("label", DataTypes.STRING()))) {
      List<RowModel.Prediction> predictions =
          model.predict(
              List.of(
                  new Object[] {new Object[] {1f, 2f, 3f}}, new Object[] {new Object[] {1f, 2f}}));
      assertThat(predictions.get(0).row().getString(0)).hasToString("up");
      assertThat(predictions.get(1).refusal())
          .isEqualTo("column x has 2 elements, but the model takes 3");
    }
  }

  @Test
  void shouldTakeTextsAndWholeNumbers() throws Exception {
    RowType input = columns("seats", DataTypes.INT(), "carrier", DataTypes.STRING());
    RowType output = columns("code", DataTypes.BIGINT(), "sum", DataTypes.BIGINT());
    try (RowModel model = open("carrier", input, output)) {
      List<RowModel.Prediction> predictions =
          model.predict(List.of(new Object[] {55, "UA"}, new Object[] {1, "zürich ✈"}));
      assertThat(predictions.get(0).row().getLong(0)).isEqualTo(2);
      assertThat(predictions.get(0).row().getLong(1)).isEqualTo(57);
      assertThat(predictions.get(1).row().getLong(0)).isEqualTo(-1);
    }
  }

  @Test
  void shouldGiveNullsForANullInput() throws Exception {
    RowType output = columns("probability", DataTypes.FLOAT());
    List<Object[]> rows = List.of(new Object[] {null, 10L}, new Object[] {60f, 0L});
    try (RowModel model = open("late", FLIGHT, output)) {
      List<RowModel.Prediction> predictions = model.predict(rows);
      assertThat(predictions.get(0).row().isNullAt(0)).isTrue();
      assertThat(predictions.get(1).row().getFloat(0)).isEqualTo(0.5f);
    }
    try (RowModel model = new TabularModel.Opener(model("late"), FLIGHT, output, true).open()) {
      assertThat(model.predict(rows).get(0).row().getFloat(0)).isNaN();
    }
  }

  @Test
  void shouldRefuseOnlyTheRowsThatTheModelFailsOn() throws Exception {
    RowType input = columns("index", DataTypes.BIGINT());
    try (RowModel model = open("picky", input, columns("picked", DataTypes.BIGINT()))) {
      List<RowModel.Prediction> predictions =
          model.predict(List.of(new Object[] {2L}, new Object[] {7L}, new Object[] {0L}));
      assertThat(predictions.get(0).row().getLong(0)).isEqualTo(30);
      assertThat(predictions.get(1).refusal()).contains("7");
      assertThat(predictions.get(2).row().getLong(0)).isEqualTo(10);
    }
  }

  @Test
  void shouldTellEverythingThatDoesNotFit() {
    RowType input = columns("dep_delay", DataTypes.STRING(), "gate", DataTypes.TIMESTAMP(3));
    RowType output = columns("score", DataTypes.FLOAT(), "probability", DataTypes.STRING());
    assertThatThrownBy(() -> open("late", input, output))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "input column gate is TIMESTAMP(3); models take numbers, BOOLEAN, STRING and arrays")
        .hasMessageContaining("input column dep_delay is STRING, but the model takes float[any, 1]")
        .hasMessageContaining("input departures float[any, 1] has no column of its name")
        .hasMessageContaining(
            "output column score is no output of the model, which has [probability, late]")
        .hasMessageContaining("declare FLOAT");
  }

  @Test
  void shouldTellThatAFileIsAbsentOrNoModel() {
    RowType output = columns("probability", DataTypes.FLOAT());
    assertThatThrownBy(() -> open("absent", FLIGHT, output))
        .hasMessageContaining("absent.onnx', where there is none: the model has to lie")
        .hasMessageContaining("on every TaskManager");
    assertThatThrownBy(() -> new TabularModel.Opener("pom.xml", FLIGHT, output, false).open())
        .hasMessageContaining("'file' is 'pom.xml', which ONNX Runtime cannot load");
  }
}
