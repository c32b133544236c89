package io.millrace.embedding;

import java.util.List;

/**
 * Turns texts into vectors. Thread-safe: several threads may encode at once.
 *
 * <p>An encoder is a function of the text: the same text has the same vector, whatever else is in
 * the batch. (Encoders behind a network promise this only as far as their provider does.)
 */
public interface TextEncoder extends AutoCloseable {

  /** What the text is for; some models want a different prefix for each. */
  enum Purpose {
    /** A text that is to be found. */
    PASSAGE,
    /** A text by which others are found. */
    QUERY
  }

  /** The model whose vectors these are. */
  EmbeddingModel model();

  /**
   * The vectors of texts, in their order; a text that the encoder refuses has a reason instead.
   *
   * @throws EncoderUnavailableException when no text could be encoded now, for a reason that may
   *     pass: the outcome says nothing about the texts
   */
  List<Encoding> encode(List<String> texts, Purpose purpose) throws InterruptedException;

  /**
   * How many tokens a text has, without those that the model puts around it; an estimate, four
   * characters each, where the tokenizer is not known.
   */
  default int countTokens(String text) {
    return (text.length() + 3) / 4;
  }

  /** Waits for what is being encoded, then frees what the encoder holds. */
  @Override
  void close();
}
