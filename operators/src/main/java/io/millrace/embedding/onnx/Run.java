package io.millrace.embedding.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.millrace.embedding.session.SharedSessions;
import io.millrace.embedding.wordpiece.Tokens;
import io.millrace.pipeline.ModelCard;
import io.millrace.pipeline.ModelCard.Pooling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One run of a BERT model: padded token ids in, one vector per text out. Thread-safe; as many
 * buffers are kept as there were runs at once.
 */
final class Run {
  static final String INPUT_IDS = "input_ids";
  static final String ATTENTION_MASK = "attention_mask";
  static final String TOKEN_TYPE_IDS = "token_type_ids";

  private final SharedSessions.Lease session;
  private final Set<String> inputs;
  private final String output;
  private final ModelCard card;
  private final int padding;
  private final ConcurrentLinkedQueue<Buffers> buffers = new ConcurrentLinkedQueue<>();

  Run(
      SharedSessions.Lease session,
      Set<String> inputs,
      String output,
      ModelCard card,
      int padding) {
    this.session = session;
    this.inputs = inputs;
    this.output = output;
    this.card = card;
    this.padding = padding;
  }

  private record Buffers(LongBuffer ids, LongBuffer mask, LongBuffer types) {
    static Buffers of(int tokens) {
      return new Buffers(longs(tokens), longs(tokens), longs(tokens));
    }

    private static LongBuffer longs(int length) {
      return ByteBuffer.allocateDirect(length * Long.BYTES)
          .order(ByteOrder.nativeOrder())
          .asLongBuffer();
    }
  }

  float[][] encode(List<Tokens> texts) throws OrtException {
    int longest = texts.stream().mapToInt(Tokens::length).max().orElseThrow();
    int needed = texts.size() * longest;
    Buffers mine = buffers.poll();
    if (mine == null || mine.ids.capacity() < needed) {
      mine = Buffers.of(Math.max(needed, OnnxEncoder.TOKENS_PER_RUN));
    }
    fill(mine, texts, longest);
    long[] shape = {texts.size(), longest};
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      put(tensors, INPUT_IDS, mine.ids, shape);
      put(tensors, ATTENTION_MASK, mine.mask, shape);
      put(tensors, TOKEN_TYPE_IDS, mine.types, shape);
      return session.run(tensors, result -> vectors(result, texts, longest));
    } finally {
      tensors.values().forEach(OnnxTensor::close);
      buffers.add(mine);
    }
  }

  private void put(Map<String, OnnxTensor> tensors, String name, LongBuffer values, long[] shape)
      throws OrtException {
    if (inputs.contains(name)) {
      tensors.put(name, OnnxTensor.createTensor(SharedSessions.environment(), values, shape));
    }
  }

  private void fill(Buffers into, List<Tokens> texts, int longest) {
    into.ids.clear();
    into.mask.clear();
    into.types.clear();
    for (Tokens text : texts) {
      for (int i = 0; i < longest; i++) {
        boolean isText = i < text.length();
        into.ids.put(isText ? text.ids()[i] : padding);
        into.mask.put(isText ? 1 : 0);
        into.types.put(0);
      }
    }
    into.ids.flip();
    into.mask.flip();
    into.types.flip();
  }

  private float[][] vectors(OrtSession.Result result, List<Tokens> texts, int longest)
      throws OrtException {
    OnnxTensor tensor = (OnnxTensor) result.get(output).orElseThrow();
    long[] shape = tensor.getInfo().getShape();
    int dimension = (int) shape[shape.length - 1];
    FloatBuffer values = tensor.getFloatBuffer();
    float[][] vectors = new float[texts.size()][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = pooled(values, i * longest * dimension, texts.get(i).length(), dimension);
      if (card.pooling() == Pooling.NONE) {
        values.get(i * dimension, vectors[i]);
      }
      if (card.normalized()) {
        normalize(vectors[i]);
      }
    }
    return vectors;
  }

  private float[] pooled(FloatBuffer values, int from, int tokens, int dimension) {
    float[] vector = new float[dimension];
    if (card.pooling() == Pooling.CLS) {
      values.get(from, vector);
    } else if (card.pooling() == Pooling.MEAN) {
      float[] token = new float[dimension];
      for (int i = 0; i < tokens; i++) {
        values.get(from + i * dimension, token);
        for (int d = 0; d < dimension; d++) {
          vector[d] += token[d];
        }
      }
      for (int d = 0; d < dimension; d++) {
        vector[d] /= (float) tokens;
      }
    }
    return vector;
  }

  /** To Euclidean length one; a vector of zeros stays as it is. */
  private static void normalize(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
  }
}
