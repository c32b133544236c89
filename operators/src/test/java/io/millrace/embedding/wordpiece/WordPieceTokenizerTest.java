package io.millrace.embedding.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Held against Hugging Face's own tokenizer, through DJL. */
class WordPieceTokenizerTest {
  private static final int NO_LIMIT = Integer.MAX_VALUE;
  private static final List<String> SCRIPTS =
      List.of(
          "The quick brown fox, it's a dog-eat-dog world (isn't it?)",
          "EMBRAER EMB-145XR, 2 Turbo-fan engines, 55 seats @ $3.50/kg — 12.5% off",
          "Crème brûlée, naïve façade, Ångström, ÇA VA, Øresund, Łódź, İstanbul, ıspanak",
          "Straße GROẞ ﬁne ﬀ ½ ² ™ № ℃ Ⅷ ㎏",
          "Привет, мир! Ёлка и йод; Україна: ґанок",
          "Καλημέρα κόσμε, ΟΔΥΣΣΕΎΣ ὀψέ ᾳ",
          "שָׁלוֹם עולם",
          "مرحبا بالعالم، كيف الحالُ؟",
          "हिन्दी में लिखा हुआ पाठ।",
          "বাংলা ভাষা",
          "ภาษาไทยไม่มีช่องว่าง",
          "한국어 문장입니다, 가각갂",
          "日本語のテキスト、カタカナとがぎぐ",
          "中文字符測試，簡體与繁體。",
          "𠀀𪜀𫝀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙",
          "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ☃️ 🤷‍♀️",
          "Tiếng Việt có dấu",
          "ქართული ᲥᲐᲠᲗᲣᲚᲘ",
          "Հայերեն",
          "አማርኛ",
          "ᏣᎳᎩ ꮳꮃꭹ",
          "ᚠᚢᚦ",
          "ⵜⴰⵎⴰⵣⵉⵖⵜ",
          "\u0915\u093c\u0958");
  private static final String[] ODD = {
    "\u0000",
    "\uFFFD",
    "\u200B",
    "\u200D",
    "\uFEFF",
    "\u00AD",
    "\u202E",
    "\u0301",
    "\u0323\u0307",
    "\u0307\u0323",
    "\u3000",
    "\u00A0",
    "\u2028",
    "\u2029",
    "\u0085",
    "\u000B",
    "\u000C",
    "\u001C",
    "\u007F",
    "\uE000",
    "\u1160",
    "\uFFFF",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[PAD]",
    "[UNK]",
    "[cls]",
    "[",
    "]",
    "[[SEP]",
    "##ing",
    "##",
    "\t",
    "\r\n",
    "  ",
    "\u302E",
    "\u20DD",
    "\u0345",
    "\u1E9E"
  };

  private static byte[] json;
  private static WordPieceTokenizer tokenizer;
  private static HuggingFaceTokenizer oracle;

  @BeforeAll
  static void open() throws IOException {
    try (InputStream in =
        WordPieceTokenizerTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      json = in.readAllBytes();
    }
    tokenizer = new WordPieceTokenizer(TokenizerFile.parse("tokenizer.json", json));
    oracle =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json), Map.of("padding", "false", "truncation", "false"));
  }

  @AfterAll
  static void close() {
    oracle.close();
  }

  private static void assertLikeOracle(String text, String hint) {
    int[] expected = Arrays.stream(oracle.encode(text).getIds()).mapToInt(id -> (int) id).toArray();
    int[] found = tokenizer.encode(text, NO_LIMIT).ids();
    if (!Arrays.equals(found, expected)) {
      assertThat(found)
          .as("%s: %s", hint, text.codePoints().mapToObj(Integer::toHexString).toList())
          .containsExactly(expected);
    }
  }

  @Test
  void shouldTreatEveryCharacterOfUnicodeAsTheOracleDoes() {
    int differing = 0;
    StringBuilder batch = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      // Beyond these planes there are ideographs and private characters in long ranges.
      boolean looked = c < 0x20000 || c % 7 == 0 || c >= 0xE0000 && c < 0xE0200;
      if (looked && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)) {
        batch.append(" a").appendCodePoint(c).append('b');
      }
      if (c % 128 == 127) {
        String text = batch.toString();
        long[] expected = oracle.encode(text).getIds();
        long[] found =
            Arrays.stream(tokenizer.encode(text, NO_LIMIT).ids()).asLongStream().toArray();
        differing += Arrays.equals(expected, found) ? 0 : 1;
        batch.setLength(0);
      }
    }
    assertThat(differing).isZero();
  }

  @Test
  void shouldAgreeWithTheOracleOnTenThousandTextsOfAllScripts() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      assertLikeOracle(text(random), "seed " + seed + ", text " + i);
    }
  }

  /** Words of all scripts, random characters and oddities, mixed. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int parts = 1 + random.nextInt(12);
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(6)) {
        case 0 -> text.append(ODD[random.nextInt(ODD.length)]);
        case 1 -> text.appendCodePoint(validCodePoint(random, Character.MAX_CODE_POINT));
        case 2 -> text.appendCodePoint(validCodePoint(random, 0x3000));
        case 3 -> text.append("x".repeat(random.nextInt(120))).append(random.nextInt());
        default -> {
          String script = SCRIPTS.get(random.nextInt(SCRIPTS.size()));
          int from =
              script.offsetByCodePoints(
                  0, random.nextInt(script.codePointCount(0, script.length())));
          text.append(script, from, script.length());
        }
      }
      text.append(random.nextBoolean() ? " " : "");
    }
    return text.toString();
  }

  private static int validCodePoint(Random random, int bound) {
    int c = random.nextInt(bound);
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 'x' : c;
  }

  @Test
  void shouldAgreeOnWholeScripts() {
    SCRIPTS.forEach(text -> assertLikeOracle(text, "script"));
    assertLikeOracle("", "empty");
    assertLikeOracle(String.join(" ", SCRIPTS).repeat(20), "long");
  }

  @Test
  void shouldKeepTheFirstTokensOfALongTextAndSaySo() {
    String text = "one two three four five";

    Tokens whole = tokenizer.encode(text, 7);
    Tokens cut = tokenizer.encode(text, 5);

    assertThat(whole.truncated()).isFalse();
    assertThat(cut.truncated()).isTrue();
    assertThat(cut.ids()).containsExactly(101, 2028, 2048, 2093, 102);
    assertThat(tokenizer.count(text)).isEqualTo(5);
  }

  @Test
  void shouldCutInsideOfAWordThatBecomesSeveralPieces() {
    int[] whole = tokenizer.encode("unaffable electroencephalography", NO_LIMIT).ids();
    for (int limit = 2; limit < whole.length + 2; limit++) {
      int[] expected = whole.clone();
      if (limit < whole.length) {
        expected = Arrays.copyOf(whole, limit);
        expected[limit - 1] = 102;
      }
      Tokens cut = tokenizer.encode("unaffable electroencephalography", limit);
      assertThat(cut.ids()).as("limit %d", limit).containsExactly(expected);
      assertThat(cut.truncated()).isEqualTo(limit < whole.length);
    }
  }

  @Test
  void shouldTakeAWordThatCannotBeCutAsUnknownEvenWhereTheTextIsTruncated() {
    // "electro" is known, the snowman is not: the word as a whole is unknown.
    String text = "a electro☃x";
    assertLikeOracle(text, "unknown word");
    assertThat(tokenizer.encode(text, 4).ids()).containsExactly(101, 1037, 100, 102);
    assertThat(tokenizer.encode(text, 4).truncated()).isFalse();
  }

  @Test
  void shouldDropLoneSurrogates() {
    assertThat(tokenizer.encode("a\uD800b", NO_LIMIT).ids())
        .containsExactly(tokenizer.encode("ab", NO_LIMIT).ids());
  }

  @Test
  void shouldNameWhatATokenizerOfAnotherKindLacks() {
    String roberta =
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}},\"normalizer\":null,"
            + "\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}";
    assertThatThrownBy(
            () ->
                TokenizerFile.parse(
                    "models/x/tokenizer.json", roberta.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("models/x/tokenizer.json")
        .hasMessageContaining("model.type is BPE, not WordPiece")
        .hasMessageContaining("pre_tokenizer.type is ByteLevel")
        .hasMessageContaining("1 pieces and no [UNK]");
  }

  @Test
  void shouldGiveTheSameTokensOnManyThreads() {
    List<String> texts = new ArrayList<>(SCRIPTS);
    List<int[]> expected = texts.stream().map(it -> tokenizer.encode(it, 64).ids()).toList();
    List<Integer> differing =
        java.util.stream.IntStream.range(0, 2_000)
            .parallel()
            .filter(
                i ->
                    !Arrays.equals(
                        tokenizer.encode(texts.get(i % texts.size()), 64).ids(),
                        expected.get(i % texts.size())))
            .boxed()
            .toList();
    assertThat(differing).isEmpty();
  }
}
