package io.millrace.pipeline;

import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.ProblemsException;
import io.millrace.document.YamlFile;
import io.millrace.document.YamlValue;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a sentence model is used: what its files do not say themselves.
 *
 * @param name by which vectors of the model are known
 * @param maxTokens longest input with the special tokens; what goes beyond is cut off
 * @param queryPrefix put before texts by which others are sought; may be empty
 * @param passagePrefix put before texts that are to be found; may be empty
 */
public record ModelCard(
    String name,
    Precision precision,
    Pooling pooling,
    boolean normalized,
    int maxTokens,
    String queryPrefix,
    String passagePrefix)
    implements Serializable {

  /** Name of the file beside {@code model.onnx} and {@code tokenizer.json}. */
  public static final String FILE_NAME = "model.yaml";

  private static final int LONGEST_INPUT = 32_768;
  private static final List<String> KEYS =
      List.of(
          "name",
          "precision",
          "pooling",
          "normalize",
          "max_tokens",
          "query_prefix",
          "passage_prefix");

  /** In which numbers the model computes. */
  public enum Precision {
    /** Vectors do not depend on what else is in a batch. */
    FP32,
    /** Scales are taken over a whole batch, so that texts are run one by one. */
    INT8;

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the vectors of a text's tokens become the vector of the text. */
  public enum Pooling {
    /** Their mean. */
    MEAN,
    /** That of the first token. */
    CLS,
    /** The model has one output per text. */
    NONE
  }

  /**
   * Reads {@code model.yaml}.
   *
   * @throws ProblemsException with everything that is wrong in it
   */
  public static ModelCard read(Path file) {
    YamlFile yaml = YamlFile.read(file);
    List<Problem> problems = new ArrayList<>(yaml.problems());
    Optional<YamlValue> root =
        yaml.root().map(it -> it.resolve(Environment.system(), problems::add));
    Optional<ModelCard> card = root.map(it -> card(it, problems));
    if (!problems.isEmpty() || card.isEmpty()) {
      throw new ProblemsException(Problem.sorted(problems));
    }
    return card.get();
  }

  private static ModelCard card(YamlValue root, List<Problem> problems) {
    for (String key : root.keys()) {
      if (!KEYS.contains(key)) {
        problems.add(
            root.nearest(key)
                .problem(
                    "the unknown key \"" + key + "\"",
                    "one of " + String.join(", ", KEYS),
                    NearestName.suggestion(key, KEYS, "remove it")));
      }
    }
    String name = root.get("name").map(YamlValue::text).orElse("");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      problems.add(
          root.nearest("name")
              .problem(
                  name.isEmpty() ? "no name" : "the name \"" + name + "\"",
                  "a letter or digit, then letters, digits, '.', '_' or '-', at most 64 characters",
                  "name the model, for example name: e5-small-v2"));
    }
    return new ModelCard(
        name,
        choice(root, "precision", Precision.FP32, problems),
        choice(root, "pooling", Pooling.MEAN, problems),
        flag(root, problems),
        maxTokens(root, problems),
        root.get("query_prefix").map(YamlValue::text).orElse(""),
        root.get("passage_prefix").map(YamlValue::text).orElse(""));
  }

  private static <E extends Enum<E>> E choice(
      YamlValue root, String key, E otherwise, List<Problem> problems) {
    Optional<YamlValue> value = root.get(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    List<String> allowed = new ArrayList<>();
    for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
      String keyword = constant.name().toLowerCase(Locale.ROOT);
      if (keyword.equals(value.get().text())) {
        return constant;
      }
      allowed.add(keyword);
    }
    problems.add(
        value
            .get()
            .problem(
                value.get().describe(),
                "one of " + String.join(", ", allowed),
                NearestName.suggestion(value.get().text(), allowed, "choose one of these")));
    return otherwise;
  }

  private static boolean flag(YamlValue root, List<Problem> problems) {
    Optional<YamlValue> value = root.get("normalize");
    if (value.isPresent() && value.get().kind() != YamlValue.Kind.BOOLEAN) {
      problems.add(value.get().problem(value.get().describe(), "true or false", "correct it"));
    }
    return value.map(it -> Boolean.parseBoolean(it.text())).orElse(true);
  }

  private static int maxTokens(YamlValue root, List<Problem> problems) {
    Optional<YamlValue> value = root.get("max_tokens");
    if (value.isPresent() && value.get().text().matches("[0-9]{1,5}")) {
      int tokens = Integer.parseInt(value.get().text());
      if (tokens >= 3 && tokens <= LONGEST_INPUT) {
        return tokens;
      }
    }
    problems.add(
        root.nearest("max_tokens")
            .problem(
                value.map(YamlValue::describe).orElse("no max_tokens"),
                "a whole number from 3 to " + LONGEST_INPUT,
                "for BERT models it is 512 unless they were trained on less"));
    return 512;
  }
}
