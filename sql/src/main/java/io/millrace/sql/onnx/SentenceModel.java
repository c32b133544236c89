package io.millrace.sql.onnx;

import io.millrace.embedding.EncoderSettings;
import io.millrace.embedding.Encoders;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;

/**
 * A sentence model: one text in, its vector out. A null has no vector, and is not refused.
 *
 * @param encoder closed with this
 */
record SentenceModel(TextEncoder encoder, TextEncoder.Purpose purpose) implements RowModel {

  /**
   * @param purpose of the texts, see {@link TextEncoder.Purpose}
   */
  record Opener(EncoderSettings settings, TextEncoder.Purpose purpose) implements RowModel.Opener {
    private static final long serialVersionUID = 1L;

    @Override
    public RowModel open() {
      return new SentenceModel(Encoders.open(settings), purpose);
    }
  }

  @Override
  public List<Prediction> predict(List<Object[]> rows) throws InterruptedException {
    List<String> texts = new ArrayList<>(rows.size());
    for (Object[] row : rows) {
      if (row[0] != null) {
        texts.add((String) row[0]);
      }
    }
    List<Encoding> encodings = texts.isEmpty() ? List.of() : encoder.encode(texts, purpose);
    List<Prediction> predictions = new ArrayList<>(rows.size());
    int next = 0;
    for (Object[] row : rows) {
      if (row[0] == null) {
        predictions.add(Prediction.of(new GenericRowData(1)));
        continue;
      }
      Encoding encoding = encodings.get(next++);
      predictions.add(
          encoding.isRefused()
              ? Prediction.refused(encoding.refusal())
              : Prediction.of(GenericRowData.of(new GenericArrayData(encoding.vector()))));
    }
    return predictions;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
