package io.millrace.embedding.wordpiece;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;

/**
 * BERT's tokenizer: normalises a text, splits it at whitespace, punctuation and Chinese characters,
 * and cuts each word into the longest known pieces from its beginning on (WordPiece, greedy). A
 * word that cannot be cut, or that has more than {@link TokenizerFile#maxWordCharacters}
 * characters, becomes one unknown token.
 *
 * <p>The ids are those of Hugging Face's {@code tokenizers} library on every valid text, see {@link
 * Characters} for the versions of Unicode behind that. Lone surrogates, which no UTF-8 text holds,
 * count as U+FFFD and are dropped.
 *
 * <p>Immutable and thread-safe. Cost: linear in the text; some microseconds for a sentence.
 *
 * @see <a href="https://arxiv.org/abs/1609.08144">Wu et al. 2016, section 4.1</a>
 */
public final class WordPieceTokenizer {
  private static final int FIRST_NON_ASCII = 0x80;

  private final TokenizerFile settings;
  private final Vocabulary vocabulary;

  public WordPieceTokenizer(TokenizerFile settings) {
    this.settings = settings;
    vocabulary = new Vocabulary(settings.vocabulary(), settings.continuationPrefix());
  }

  /**
   * The tokens of a text with the first and last special token around them.
   *
   * @param maxTokens with the special tokens; what goes beyond is cut off
   * @param text of any length
   */
  public Tokens encode(String text, int maxTokens) {
    Cutter cutter = cut(text, maxTokens - 1);
    int[] ids = cutter.close(settings.separatorToken());
    return new Tokens(ids, cutter.overflowed);
  }

  /** How many tokens a text has, without special tokens around it. */
  public int count(String text) {
    return cut(text, Integer.MAX_VALUE).size - 1;
  }

  private Cutter cut(String text, int limit) {
    Cutter cutter = new Cutter(settings.startToken(), text.length(), limit);
    int from = 0;
    for (int at = text.indexOf('['); at >= 0 && at < text.length(); ) {
      TokenizerFile.SpecialToken special = specialAt(text, at);
      if (special == null) {
        at = text.indexOf('[', at + 1);
        continue;
      }
      segment(text.substring(from, at), cutter);
      cutter.emit(special.id());
      from = at + special.text().length();
      at = text.indexOf('[', from);
    }
    segment(from == 0 ? text : text.substring(from), cutter);
    return cutter;
  }

  /** Special tokens are recognised in the text as it is written, before anything else. */
  private TokenizerFile.SpecialToken specialAt(String text, int at) {
    List<TokenizerFile.SpecialToken> specials = settings.specialTokens();
    for (TokenizerFile.SpecialToken special : specials) {
      if (text.startsWith(special.text(), at)) {
        return special;
      }
    }
    return null;
  }

  private void segment(String text, Cutter cutter) {
    int i = 0;
    while (i < text.length() && text.charAt(i) < FIRST_NON_ASCII) {
      i++;
    }
    if (i == text.length()) {
      ascii(text, cutter);
    } else {
      unicode(settings.cleansText() ? clean(text) : text, cutter);
    }
    cutter.endWord();
  }

  private void ascii(String text, Cutter cutter) {
    for (int i = 0; i < text.length() && !cutter.overflowed; i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7F) {
        if (Characters.isAsciiPunctuation(c)) {
          cutter.endWord();
          cutter.append(c);
          cutter.endWord();
        } else {
          cutter.append(settings.lowercases() && c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
        }
      } else if (c == ' ' || Characters.isLayout(c) || !settings.cleansText() && c <= ' ') {
        separateUnlessControl(c, cutter);
      } else if (!settings.cleansText()) {
        cutter.append(c);
      }
    }
  }

  private static void separateUnlessControl(char c, Cutter cutter) {
    if (Characters.isWhitespace(c)) {
      cutter.endWord();
    } else {
      cutter.append(c);
    }
  }

  /** Without control characters, and with plain spaces. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Characters.isWhitespace(c) && !Characters.isControl(c)) {
        clean.append(' ');
      } else if (!Characters.isControl(c) && c != 0 && c != 0xFFFD && !isSurrogate(c)) {
        clean.appendCodePoint(c);
      }
    }
    return clean.toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private void unicode(String text, Cutter cutter) {
    boolean strips = settings.stripsAccents();
    String plain = strips ? Normalizer.normalize(text, Normalizer.Form.NFD) : text;
    for (int i = 0; i < plain.length() && !cutter.overflowed; ) {
      int c = plain.codePointAt(i);
      i += Character.charCount(c);
      if (strips && Characters.isAccent(c)) {
        continue;
      }
      if (Characters.isWhitespace(c)) {
        cutter.endWord();
      } else if (settings.separatesChinese() && Characters.isChinese(c)
          || Characters.isPunctuation(c)) {
        cutter.endWord();
        cutter.append(c);
        cutter.endWord();
      } else if (!settings.lowercases()) {
        cutter.append(c);
      } else if (c == 0x130) {
        cutter.append('i');
        cutter.append(0x307);
      } else {
        cutter.append(Characters.lowercase(c));
      }
    }
  }

  /** Collects the characters of a word, and cuts it when it is complete. */
  private final class Cutter {
    private final int limit;
    private char[] word = new char[64];
    private int length;
    private int characters;
    private int[] ids;
    private int size;
    private boolean overflowed;

    /**
     * @param limit how many ids there may be, the first one included
     */
    Cutter(int first, int textLength, int limit) {
      this.limit = limit;
      ids = new int[Math.min(limit, textLength / 2 + 8) + 1];
      ids[size++] = first;
    }

    void append(int c) {
      if (length + 2 > word.length) {
        word = Arrays.copyOf(word, 2 * word.length);
      }
      characters++;
      if (c < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        word[length++] = (char) c;
      } else {
        length += Character.toChars(c, word, length);
      }
    }

    void endWord() {
      if (length == 0 || overflowed) {
        return;
      }
      int firstOfWord = size;
      boolean known = characters <= settings.maxWordCharacters();
      for (int at = 0; known && at < length; ) {
        long piece = vocabulary.longest(word, at, length, at > 0);
        known = piece != Vocabulary.NONE;
        if (known) {
          emit((int) (piece >>> Integer.SIZE));
          at += (int) piece;
        }
      }
      if (!known) {
        overflowed = false;
        size = firstOfWord;
        emit(settings.unknownToken());
      }
      length = 0;
      characters = 0;
    }

    void emit(int id) {
      if (size >= limit) {
        overflowed = true;
        return;
      }
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, 2 * size);
      }
      ids[size++] = id;
    }

    int[] close(int last) {
      int[] closed = Arrays.copyOf(ids, size + 1);
      closed[size] = last;
      return closed;
    }
  }
}
