package io.millrace.embedding.wordpiece;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@code tokenizer.json} of Hugging Face's {@code tokenizers} library says, as far as BERT
 * models need it: the vocabulary, how text is normalised, and the special tokens. Truncation and
 * padding in the file are passed over; both follow from the model and the batch.
 *
 * @param vocabulary ids of pieces
 * @param continuationPrefix what pieces inside of a word begin with
 * @param maxWordCharacters longer words become the unknown token
 * @param startToken id of the token before a text, {@code [CLS]}
 * @param separatorToken id of the token after a text, {@code [SEP]}
 * @param specialTokens tokens that are recognised in the text itself
 */
public record TokenizerFile(
    Map<String, Integer> vocabulary,
    String continuationPrefix,
    int maxWordCharacters,
    int unknownToken,
    int startToken,
    int separatorToken,
    int paddingToken,
    List<SpecialToken> specialTokens,
    boolean cleansText,
    boolean separatesChinese,
    boolean stripsAccents,
    boolean lowercases) {

  /** A token that is written out, such as {@code [MASK]}. */
  public record SpecialToken(String text, int id) {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with everything in it that BERT's tokenizer does not do
   * @throws UncheckedIOException when the file cannot be read
   */
  public static TokenizerFile read(Path file) {
    try {
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("tokenizer %s cannot be read".formatted(file), e);
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @param name of the file, for messages
   */
  public static TokenizerFile parse(String name, byte[] json) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "tokenizer %s is not JSON: %s; take the file tokenizer.json of the model"
              .formatted(name, e.getMessage()),
          e);
    }
    List<String> problems = new ArrayList<>();
    expect(problems, root.path("model"), "type", "WordPiece", "model");
    expect(problems, root.path("normalizer"), "type", "BertNormalizer", "normalizer");
    expect(problems, root.path("pre_tokenizer"), "type", "BertPreTokenizer", "pre_tokenizer");
    Map<String, Integer> vocabulary = new HashMap<>();
    root.path("model")
        .path("vocab")
        .properties()
        .forEach(entry -> vocabulary.put(entry.getKey(), entry.getValue().asInt()));
    String unknown = root.path("model").path("unk_token").asText("[UNK]");
    String[] ends = ends(root.path("post_processor"), problems);
    List<SpecialToken> specials = specialTokens(root, vocabulary, problems);
    for (String needed : List.of(unknown, ends[0], ends[1], "[PAD]")) {
      if (!vocabulary.containsKey(needed)) {
        problems.add("model.vocab has %d pieces and no %s".formatted(vocabulary.size(), needed));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "tokenizer %s is not that of a BERT model: %s; use a model whose tokenizer.json is of BERT's kind (all-MiniLM, bge, e5, gte, ...)"
              .formatted(name, String.join("; ", problems)));
    }
    JsonNode normalizer = root.path("normalizer");
    boolean lowercases = normalizer.path("lowercase").asBoolean(true);
    return new TokenizerFile(
        Map.copyOf(vocabulary),
        root.path("model").path("continuing_subword_prefix").asText("##"),
        root.path("model").path("max_input_chars_per_word").asInt(100),
        vocabulary.get(unknown),
        vocabulary.get(ends[0]),
        vocabulary.get(ends[1]),
        vocabulary.get("[PAD]"),
        specials,
        normalizer.path("clean_text").asBoolean(true),
        normalizer.path("handle_chinese_chars").asBoolean(true),
        normalizer.path("strip_accents").asBoolean(lowercases),
        lowercases);
  }

  private static void expect(
      List<String> problems, JsonNode node, String key, String expected, String place) {
    String found = node.path(key).asText("nothing");
    if (!found.equals(expected)) {
      problems.add("%s.%s is %s, not %s".formatted(place, key, found, expected));
    }
  }

  /** What stands before and after a single text. */
  private static String[] ends(JsonNode processor, List<String> problems) {
    if (processor.path("type").asText().equals("BertProcessing")) {
      return new String[] {
        processor.path("cls").path(0).asText(), processor.path("sep").path(0).asText()
      };
    }
    JsonNode single = processor.path("single");
    String first = single.path(0).path("SpecialToken").path("id").asText("");
    String last = single.path(2).path("SpecialToken").path("id").asText("");
    if (single.size() != 3 || first.isEmpty() || last.isEmpty()) {
      problems.add("post_processor.single is not [CLS] text [SEP]");
      return new String[] {"[CLS]", "[SEP]"};
    }
    return new String[] {first, last};
  }

  private static List<SpecialToken> specialTokens(
      JsonNode root, Map<String, Integer> vocabulary, List<String> problems) {
    List<SpecialToken> specials = new ArrayList<>();
    for (JsonNode token : root.path("added_tokens")) {
      String text = token.path("content").asText();
      boolean plain =
          token.path("special").asBoolean()
              && !token.path("normalized").asBoolean()
              && !token.path("lstrip").asBoolean()
              && !token.path("rstrip").asBoolean()
              && !token.path("single_word").asBoolean()
              && text.startsWith("[");
      if (!plain) {
        problems.add("the added token \"%s\" is not a plain special token".formatted(text));
      }
      vocabulary.putIfAbsent(text, token.path("id").asInt());
      specials.add(new SpecialToken(text, token.path("id").asInt()));
    }
    return List.copyOf(specials);
  }
}
