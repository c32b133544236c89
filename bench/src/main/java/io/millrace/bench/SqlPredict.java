package io.millrace.bench;

import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/** ML_PREDICT with all-MiniLM-L6-v2 against the bare encoder, texts of 20 to 60 tokens. */
final class SqlPredict implements SqlBench.Pair {
  private static final int TEXTS = 800;
  private static final int BATCH = 64;
  private static final RowType TYPE =
      (RowType) DataTypes.ROW(DataTypes.FIELD("txt", DataTypes.STRING())).getLogicalType();

  private final OnnxEncoder encoder = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2.files());
  private final List<String> texts = EmbedBench.texts(new Random(42), TEXTS, 20, 60, encoder);
  private final List<RowData> rows = new ArrayList<>();

  SqlPredict() {
    texts.forEach(text -> rows.add(GenericRowData.of(StringData.fromString(text))));
  }

  @Override
  public String name() {
    return "texts by the bare encoder";
  }

  @Override
  public double peer() throws Exception {
    AtomicInteger next = new AtomicInteger();
    Callable<Void> caller =
        () -> {
          for (int from = next.getAndAdd(BATCH); from < TEXTS; from = next.getAndAdd(BATCH)) {
            encoder.encode(texts.subList(from, Math.min(TEXTS, from + BATCH)), Purpose.PASSAGE);
          }
          return null;
        };
    int callers = Runtime.getRuntime().availableProcessors();
    return TEXTS / SqlBench.seconds(Collections.nCopies(callers, caller));
  }

  @Override
  public double ours() throws Exception {
    return SqlRun.rate(
        rows,
        TYPE,
        1,
        RuntimeExecutionMode.STREAMING,
        sql ->
            sql.executeSql(
                "CREATE TEMPORARY MODEL sentences INPUT (text STRING) OUTPUT (embedding"
                    + " ARRAY<FLOAT>) WITH ('provider' = 'onnx', 'model' = 'all-minilm-l6-v2',"
                    + " 'cache.entries' = '0', 'batch.rows' = '"
                    + BATCH
                    + "')"),
        "SELECT txt, embedding FROM ML_PREDICT(TABLE input, MODEL sentences, DESCRIPTOR(txt),"
            + " MAP['async', 'true', 'max-concurrent-operations', '256'])",
        TEXTS);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
