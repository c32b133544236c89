package io.millrace.embedding;

import java.util.Objects;

/**
 * Outcome for one text.
 *
 * @param vector null when the text was refused; not to be changed
 * @param tokens how many tokens the model was given; 0 when unknown
 * @param truncated whether the text was longer than the model takes
 * @param refusal why there is no vector; null when there is one
 */
public record Encoding(float[] vector, int tokens, boolean truncated, String refusal) {

  public static Encoding of(float[] vector, int tokens, boolean truncated) {
    return new Encoding(Objects.requireNonNull(vector), tokens, truncated, null);
  }

  public static Encoding refused(String reason) {
    return new Encoding(null, 0, false, Objects.requireNonNull(reason));
  }

  public boolean isRefused() {
    return vector == null;
  }
}
