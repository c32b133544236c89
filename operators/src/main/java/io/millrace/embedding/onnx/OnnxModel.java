package io.millrace.embedding.onnx;

import io.millrace.embedding.wordpiece.TokenizerFile;
import io.millrace.pipeline.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The files of a sentence model, ready to be loaded.
 *
 * @param id of its vectors: {@code name/precision}, followed by a fingerprint of the files where
 *     the model is none of those that Millrace knows
 * @param graph the ONNX file
 */
public record OnnxModel(String id, ModelCard card, Path graph, TokenizerFile tokenizer) {
  private static final String GRAPH = "model.onnx";
  private static final String TOKENIZER = "tokenizer.json";
  private static final int FINGERPRINT_DIGITS = 12;

  /**
   * A model from a folder with {@code model.onnx}, {@code tokenizer.json} and {@code model.yaml}.
   *
   * @throws IllegalArgumentException naming every file that is missing, or what is wrong in one
   */
  public static OnnxModel fromFolder(Path folder) {
    List<String> missing = new ArrayList<>();
    for (String name : List.of(GRAPH, TOKENIZER, ModelCard.FILE_NAME)) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "model folder %s has no %s: it must hold model.onnx (exported for feature extraction), tokenizer.json and model.yaml, on every TaskManager and where the job is submitted"
              .formatted(folder.toAbsolutePath(), String.join(", ", missing)));
    }
    ModelCard card = ModelCard.read(folder.resolve(ModelCard.FILE_NAME));
    Path graph = folder.resolve(GRAPH);
    Path tokenizer = folder.resolve(TOKENIZER);
    return new OnnxModel(
        card.name() + "/" + card.precision().keyword() + "/" + fingerprint(card, graph, tokenizer),
        card,
        graph,
        TokenizerFile.read(tokenizer));
  }

  /** Whatever changes a vector changes it. */
  private static String fingerprint(ModelCard card, Path graph, Path tokenizer) {
    try {
      MessageDigest digest = sha256();
      String usage =
          "%s %s %d %s\0%s"
              .formatted(
                  card.pooling(),
                  card.normalized(),
                  card.maxTokens(),
                  card.queryPrefix(),
                  card.passagePrefix());
      digest.update(usage.getBytes(StandardCharsets.UTF_8));
      for (Path file : List.of(graph, tokenizer)) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT_DIGITS);
    } catch (IOException e) {
      throw new UncheckedIOException("model %s cannot be read".formatted(graph.getParent()), e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
