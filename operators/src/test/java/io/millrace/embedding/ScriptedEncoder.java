package io.millrace.embedding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * An encoder whose moods a test decides: vectors follow from the text's hash, texts with "boom" are
 * refused, and it can be held up or put out of reach.
 */
final class ScriptedEncoder implements TextEncoder {
  static final EmbeddingModel MODEL = new EmbeddingModel("scripted/fp32", 2);

  final List<String> encoded = Collections.synchronizedList(new ArrayList<>());
  final List<Integer> batchSizes = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);
  volatile int unavailableTimes;
  volatile boolean closed;

  static float[] vectorOf(String text) {
    return new float[] {text.hashCode() & 0xFFFF, text.length()};
  }

  /** From now on batches wait for {@link #letThrough}. */
  void hold() {
    gate.drainPermits();
  }

  void letThrough(int batches) {
    gate.release(batches);
  }

  @Override
  public EmbeddingModel model() {
    return MODEL;
  }

  @Override
  public int countTokens(String text) {
    return 1;
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) throws InterruptedException {
    gate.acquire();
    if (unavailableTimes > 0) {
      unavailableTimes--;
      throw new EncoderUnavailableException("the endpoint http://ai.test is away", null);
    }
    encoded.addAll(texts);
    batchSizes.add(texts.size());
    return texts.stream()
        .map(
            text ->
                text.contains("boom")
                    ? Encoding.refused("it said boom")
                    : Encoding.of(vectorOf(text), 3, false))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
  }
}
