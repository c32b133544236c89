package io.millrace.sql.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a statement that uses a model says when it is planned. */
class OnnxOptionsTest {
  private TableEnvironment sql;

  @BeforeEach
  void session() {
    sql = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    sql.executeSql("CREATE TEMPORARY VIEW words AS SELECT * FROM (VALUES ('a'), ('b')) AS t(word)");
  }

  private String planning(String columns, String options) {
    sql.executeSql("CREATE MODEL m " + columns + " WITH ('provider' = 'onnx'" + options + ")");
    Throwable failure =
        catchThrowable(
            () ->
                sql.explainSql("SELECT * FROM ML_PREDICT(TABLE words, MODEL m, DESCRIPTOR(word))"));
    return failure == null ? "fine" : ExceptionUtils.stringifyException(failure);
  }

  private static final String SENTENCE = "INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>)";

  @Test
  void shouldPlanASentenceModelWithoutLoadingIt() {
    assertThat(planning(SENTENCE, ", 'model' = 'all-minilm-l6-v2', 'precision' = 'int8'"))
        .isEqualTo("fine");
  }

  @Test
  void shouldSaySoWhenNoModelIsNamed() {
    assertThat(planning(SENTENCE, ""))
        .contains("model default_catalog.default_database.m cannot be used")
        .contains("no model is named; expected one of 'model' (a sentence model by name: [all-");
  }

  @Test
  void shouldNameAllProblemsAtOnce() {
    assertThat(
            planning(
                "INPUT (text STRING) OUTPUT (embedding ARRAY<DOUBLE>, x INT)",
                ", 'model' = 'all-minilm', 'batch.rows' = '0', 'nulls' = 'nan'"))
        .contains("'batch.rows' is 0; expected a number from 1 to 10,000")
        .contains("OUTPUT (embedding ARRAY<FLOAT>)")
        .contains("'nulls' says nothing to a sentence model: leave it out")
        .contains("'model' is 'all-minilm'; Millrace knows all-minilm-l6-v2, bge-small-en-v1.5");
  }

  @Test
  void shouldSayThatAFolderHoldsNoModel() {
    assertThat(planning(SENTENCE, ", 'folder' = 'src/test/resources/models'"))
        .contains("'folder': model folder")
        .contains("has no model.onnx, tokenizer.json, model.yaml");
  }

  @Test
  void shouldSayThatAFileIsAbsent() {
    assertThat(planning("INPUT (a STRING) OUTPUT (b FLOAT)", ", 'file' = '/no/such.onnx'"))
        .contains("'file' is '/no/such.onnx', where there is none");
  }

  @Test
  void shouldNameAnUnknownOption() {
    assertThat(planning(SENTENCE, ", 'model' = 'all-minilm-l6-v2', 'batch.row' = '8'"))
        .contains("Unsupported options found for 'onnx'")
        .contains("batch.row")
        .contains("batch.rows");
  }

  @Test
  void shouldNameAnImpossibleValue() {
    assertThat(planning(SENTENCE, ", 'model' = 'all-minilm-l6-v2', 'precision' = 'int4'"))
        .contains("Invalid value for option 'precision'")
        .contains("[FP32, INT8]");
  }
}
