package io.millrace.embedding.wordpiece;

import java.util.Arrays;
import java.util.Map;

/**
 * Pieces of words and their ids, as a trie: the longest piece that a text begins with is found in
 * one pass over its characters. Immutable, thread-safe.
 *
 * <p>The trie's edges lie in one hash table with open addressing: an edge's key is {@code node <<
 * 16 | character}. It holds at most half as many edges as places.
 */
final class Vocabulary {
  static final int NONE = -1;

  private static final int WORD_ROOT = 1;
  private static final int CONTINUATION_ROOT = 2;
  private static final long EMPTY = -1;

  private final String continuationPrefix;
  private long[] edges = new long[1 << 16];
  private int[] targets = new int[1 << 16];
  private int[] ids = new int[1 << 16];
  private int nodes = CONTINUATION_ROOT + 1;
  private int edgeCount;

  /**
   * @param continuationPrefix what pieces inside of a word begin with, {@code ##} in BERT
   */
  Vocabulary(Map<String, Integer> pieces, String continuationPrefix) {
    this.continuationPrefix = continuationPrefix;
    Arrays.fill(edges, EMPTY);
    Arrays.fill(ids, NONE);
    pieces.forEach(this::add);
  }

  /** A piece that begins with the prefix can stand inside of a word and, written out, begin one. */
  private void add(String piece, int id) {
    insert(WORD_ROOT, piece, id);
    if (piece.startsWith(continuationPrefix) && piece.length() > continuationPrefix.length()) {
      insert(CONTINUATION_ROOT, piece.substring(continuationPrefix.length()), id);
    }
  }

  private void insert(int root, String piece, int id) {
    int node = root;
    for (int i = 0; i < piece.length(); i++) {
      node = childOrNew(node, piece.charAt(i));
    }
    ids[node] = id;
  }

  private int childOrNew(int node, char character) {
    int existing = child(node, character);
    if (existing != NONE) {
      return existing;
    }
    if (++edgeCount * 2 > edges.length) {
      grow();
    }
    if (nodes == ids.length) {
      ids = Arrays.copyOf(ids, 2 * nodes);
      Arrays.fill(ids, nodes, ids.length, NONE);
    }
    put(edge(node, character), nodes);
    return nodes++;
  }

  private void grow() {
    long[] oldEdges = edges;
    int[] oldTargets = targets;
    edges = new long[2 * oldEdges.length];
    targets = new int[2 * oldEdges.length];
    Arrays.fill(edges, EMPTY);
    for (int i = 0; i < oldEdges.length; i++) {
      if (oldEdges[i] != EMPTY) {
        put(oldEdges[i], oldTargets[i]);
      }
    }
  }

  private void put(long edge, int target) {
    int at = place(edge);
    while (edges[at] != EMPTY) {
      at = at + 1 & edges.length - 1;
    }
    edges[at] = edge;
    targets[at] = target;
  }

  private static long edge(int node, char character) {
    return (long) node << Character.SIZE | character;
  }

  /** Fibonacci hashing: the high bits of the product are the well-mixed ones. */
  private int place(long edge) {
    return (int) (edge * 0x9E3779B97F4A7C15L >>> Long.numberOfLeadingZeros(edges.length) + 1);
  }

  private int child(int node, char character) {
    long edge = edge(node, character);
    int at = place(edge);
    while (true) {
      long found = edges[at];
      if (found == edge) {
        return targets[at];
      }
      if (found == EMPTY) {
        return NONE;
      }
      at = at + 1 & edges.length - 1;
    }
  }

  /**
   * The longest piece at the beginning of {@code text[from, to)}.
   *
   * @param insideWord whether it continues a word
   * @return {@code id << 32 | length}, or {@link #NONE}
   */
  long longest(char[] text, int from, int to, boolean insideWord) {
    int node = insideWord ? CONTINUATION_ROOT : WORD_ROOT;
    long best = NONE;
    for (int i = from; i < to; i++) {
      node = child(node, text[i]);
      if (node == NONE) {
        break;
      }
      if (ids[node] != NONE) {
        best = (long) ids[node] << Integer.SIZE | i + 1 - from;
      }
    }
    return best;
  }
}
