package io.millrace.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Cuts long texts into pieces that overlap. Cuts fall between words; a word that is longer than a
 * piece has one of its own, which the encoder cuts off.
 */
public final class Chunker {
  private final int tokens;
  private final int overlap;
  private final ToIntFunction<String> counter;

  /**
   * @param tokens most tokens of a piece
   * @param overlap tokens at the end of a piece that the next one repeats, at most half of it
   * @param counter how many tokens a word has
   */
  public Chunker(int tokens, int overlap, ToIntFunction<String> counter) {
    this.tokens = tokens;
    this.overlap = Math.min(overlap, tokens / 2);
    this.counter = counter;
  }

  /** The pieces, in order; the text itself when it is short enough. */
  public List<String> chunks(String text) {
    String[] words = text.split(" ");
    int[] sizes = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      sizes[i] = Math.max(1, counter.applyAsInt(words[i]));
    }
    List<String> chunks = new ArrayList<>();
    for (int from = 0; from < words.length; ) {
      int to = from;
      int size = 0;
      while (to < words.length && (to == from || size + sizes[to] <= tokens)) {
        size += sizes[to++];
      }
      chunks.add(String.join(" ", List.of(words).subList(from, to)));
      from = to == words.length ? to : Math.max(from + 1, overlapping(sizes, to));
    }
    return chunks;
  }

  /** Where the next piece begins so that it repeats the end of the one before. */
  private int overlapping(int[] sizes, int end) {
    int from = end;
    for (int size = 0; from > 0 && size + sizes[from - 1] <= overlap; from--) {
      size += sizes[from - 1];
    }
    return from;
  }
}
