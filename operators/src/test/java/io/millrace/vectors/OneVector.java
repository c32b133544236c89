package io.millrace.vectors;

import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import java.util.List;

/** An encoder that gives every text the same vector. */
record OneVector(EmbeddingModel model, float[] vector) implements TextEncoder {

  OneVector(String model, float... vector) {
    this(new EmbeddingModel(model, vector.length), vector);
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) {
    return texts.stream().map(text -> Encoding.of(vector, 1, false)).toList();
  }

  @Override
  public void close() {}
}
