package io.millrace.embedding.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.embedding.session.SharedSessions;
import io.millrace.embedding.wordpiece.Tokens;
import io.millrace.embedding.wordpiece.WordPieceTokenizer;
import io.millrace.pipeline.ModelCard;
import io.millrace.pipeline.ModelCard.Pooling;
import io.millrace.pipeline.ModelCard.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Encodes texts with an ONNX model in this process, on the thread that asks.
 *
 * <p>In fp32, texts are sorted by length and run together as long as texts times the longest one
 * stays within {@value #TOKENS_PER_RUN} tokens: padding costs as much as text does, and larger runs
 * fall out of the processor's caches. A text's vector is the same to the last bit in any company.
 * In int8 that does not hold, because scales are taken over the whole run; there, each text is run
 * by itself.
 *
 * <p>Thread-safe. Memory: the session is shared by all encoders of the model file in this process.
 */
public final class OnnxEncoder implements TextEncoder {
  static final int TOKENS_PER_RUN = 256;

  private static final Set<String> KNOWN_INPUTS =
      Set.of(Run.INPUT_IDS, Run.ATTENTION_MASK, Run.TOKEN_TYPE_IDS);

  private final OnnxModel files;
  private final ModelCard card;
  private final WordPieceTokenizer tokenizer;
  private final SharedSessions.Lease session;
  private final Run run;
  private final EmbeddingModel model;

  private OnnxEncoder(OnnxModel files, SharedSessions.Lease session) throws OrtException {
    this.files = files;
    this.card = files.card();
    this.session = session;
    tokenizer = new WordPieceTokenizer(files.tokenizer());
    run = new Run(session, Set.copyOf(inputs()), output(), card, files.tokenizer().paddingToken());
    model = new EmbeddingModel(files.id(), probe());
  }

  /**
   * Loads a model, checks that it is of BERT's kind, and encodes a first text.
   *
   * @throws IllegalArgumentException when it is not; the message says what is there and what is
   *     needed
   */
  public static OnnxEncoder open(OnnxModel files) {
    SharedSessions.Lease session = null;
    boolean usable = false;
    try {
      session = SharedSessions.acquire(files.graph());
      OnnxEncoder encoder = new OnnxEncoder(files, session);
      usable = true;
      return encoder;
    } catch (OrtException e) {
      throw new IllegalArgumentException(
          "model %s (%s) cannot be run: %s".formatted(files.id(), files.graph(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "model %s (%s) cannot be read".formatted(files.id(), files.graph()), e);
    } finally {
      if (session != null && !usable) {
        session.close();
      }
    }
  }

  private Set<String> inputs() {
    Set<String> names = new TreeSet<>(session.session().getInputNames());
    if (!names.contains(Run.INPUT_IDS) || !KNOWN_INPUTS.containsAll(names)) {
      throw unfit(
          "takes " + names, "input_ids, and of attention_mask and token_type_ids what it needs");
    }
    return names;
  }

  /** The output that pooling starts from. */
  private String output() throws OrtException {
    int rank = card.pooling() == Pooling.NONE ? 2 : 3;
    List<String> fitting = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (var output : session.session().getOutputInfo().entrySet()) {
      found.add(output.getKey() + " " + output.getValue().getInfo());
      if (output.getValue().getInfo() instanceof TensorInfo tensor
          && tensor.type == OnnxJavaType.FLOAT
          && tensor.getShape().length == rank) {
        fitting.add(output.getKey());
      }
    }
    if (fitting.isEmpty()) {
      throw unfit(
          "gives " + found,
          rank == 3
              ? "an output of float numbers per text, token and dimension (last_hidden_state); where"
                  + " it has one per text and dimension, set pooling: none in model.yaml"
              : "an output of float numbers per text and dimension, as pooling: none says");
    }
    return fitting.contains("last_hidden_state") ? "last_hidden_state" : fitting.get(0);
  }

  private int probe() throws OrtException {
    Tokens probe = tokenizer.encode("probe", card.maxTokens());
    float[] vector = run.encode(List.of(probe))[0];
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw unfit("answers a plain word with " + Arrays.toString(vector), "finite numbers");
      }
    }
    return vector.length;
  }

  private IllegalArgumentException unfit(String found, String needed) {
    return new IllegalArgumentException(
        "model %s (%s) %s; needed: %s".formatted(files.id(), files.graph(), found, needed));
  }

  @Override
  public EmbeddingModel model() {
    return model;
  }

  public ModelCard card() {
    return card;
  }

  @Override
  public int countTokens(String text) {
    return tokenizer.count(text);
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) {
    String prefix = purpose == Purpose.QUERY ? card.queryPrefix() : card.passagePrefix();
    Tokens[] tokens = new Tokens[texts.size()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = tokenizer.encode(prefix + texts.get(i), card.maxTokens());
    }
    Integer[] byLength = new Integer[tokens.length];
    Arrays.setAll(byLength, i -> i);
    Arrays.sort(byLength, Comparator.comparingInt((Integer i) -> tokens[i].length()).reversed());
    Encoding[] encodings = new Encoding[tokens.length];
    for (int from = 0; from < byLength.length; ) {
      int to = endOfRun(tokens[byLength[from]].length(), from, byLength.length);
      encodeRun(tokens, Arrays.copyOfRange(byLength, from, to), encodings);
      from = to;
    }
    return Arrays.asList(encodings);
  }

  private int endOfRun(int longest, int from, int end) {
    int texts = card.precision() == Precision.INT8 ? 1 : Math.max(1, TOKENS_PER_RUN / longest);
    return Math.min(end, from + texts);
  }

  /** When a run fails, its texts are tried one by one, so that only those at fault are refused. */
  private void encodeRun(Tokens[] all, Integer[] places, Encoding[] encodings) {
    List<Tokens> together = Arrays.stream(places).map(place -> all[place]).toList();
    try {
      float[][] vectors = run.encode(together);
      for (int i = 0; i < places.length; i++) {
        Tokens tokens = together.get(i);
        encodings[places[i]] = encoding(vectors[i], tokens);
      }
    } catch (OrtException e) {
      if (places.length == 1) {
        encodings[places[0]] =
            Encoding.refused("model " + files.id() + " failed on it: " + e.getMessage());
        return;
      }
      for (Integer place : places) {
        encodeRun(all, new Integer[] {place}, encodings);
      }
    }
  }

  private Encoding encoding(float[] vector, Tokens tokens) {
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        return Encoding.refused("model " + files.id() + " gave a vector with " + value);
      }
    }
    return Encoding.of(vector, tokens.length(), tokens.truncated());
  }

  @Override
  public void close() {
    session.close();
  }
}
