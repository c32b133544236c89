package io.millrace.embedding.wordpiece;

/**
 * Ids of the tokens of one text, as a model takes them.
 *
 * @param ids with the special tokens at both ends; not copied, not to be changed
 * @param truncated whether the text has more tokens than these
 */
public record Tokens(int[] ids, boolean truncated) {

  public int length() {
    return ids.length;
  }
}
