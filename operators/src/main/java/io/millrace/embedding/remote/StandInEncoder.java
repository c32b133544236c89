package io.millrace.embedding.remote;

import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.EncoderUnavailableException;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Two encoders of the same model, of which the second one is asked while the first is out of reach.
 * That they are the same is to be checked by {@link #requireSame} before it is used: vectors of
 * another model must never get into a collection.
 */
public final class StandInEncoder implements TextEncoder {
  /** Two servings of one model differ by rounding only; other models by far more. */
  static final double SAME = 0.999;

  private static final List<String> PROBES =
      List.of(
          "A plane with two engines took off from Newark.",
          "the invoice of March is overdue",
          "42");

  private final TextEncoder first;
  private final TextEncoder second;
  private final LongAdder standIns = new LongAdder();

  /**
   * Takes over both: they are closed with it.
   *
   * @throws IllegalArgumentException when the dimensions differ
   */
  public StandInEncoder(TextEncoder first, TextEncoder second) {
    if (first.model().dimension() != second.model().dimension()) {
      throw new IllegalArgumentException(
          "%s has %d dimensions and its stand-in has %d: they are not the same model"
              .formatted(
                  first.model().id(), first.model().dimension(), second.model().dimension()));
    }
    this.first = first;
    this.second = second;
  }

  /**
   * Compares the two on some texts.
   *
   * @throws IllegalArgumentException when they are different models
   * @throws EncoderUnavailableException when one of them cannot be asked
   */
  public void requireSame() throws InterruptedException {
    List<Encoding> one = first.encode(PROBES, Purpose.PASSAGE);
    List<Encoding> other = second.encode(PROBES, Purpose.PASSAGE);
    for (int i = 0; i < PROBES.size(); i++) {
      boolean refused = one.get(i).isRefused() || other.get(i).isRefused();
      double cosine = refused ? 0 : cosine(one.get(i).vector(), other.get(i).vector());
      if (!(cosine >= SAME)) {
        throw new IllegalArgumentException(
            "%s and its stand-in give vectors of cosine %.4f for the same text: they are not the same model, and their vectors must not be mixed"
                .formatted(first.model().id(), cosine));
      }
    }
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }

  /** The one that is asked first. */
  public TextEncoder first() {
    return first;
  }

  /** The one that stands in. */
  public TextEncoder second() {
    return second;
  }

  /** How many batches the second one has encoded. */
  public long standIns() {
    return standIns.sum();
  }

  @Override
  public EmbeddingModel model() {
    return first.model();
  }

  @Override
  public int countTokens(String text) {
    return first.countTokens(text);
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) throws InterruptedException {
    try {
      return first.encode(texts, purpose);
    } catch (EncoderUnavailableException unavailable) {
      standIns.increment();
      return second.encode(texts, purpose);
    }
  }

  @Override
  public void close() {
    try {
      first.close();
    } finally {
      second.close();
    }
  }
}
