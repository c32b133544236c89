package io.millrace.embedding.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.embedding.session.SharedSessions;
import io.millrace.pipeline.ModelCard.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEncoderTest {
  private static final String[] WORDS =
      ("plane engine turbo fan seats airline route delay weather fuel wing crew gate airport night"
              + " AIRBUS INDUSTRIE EMBRAER cargo passenger maintenance")
          .split(" ");

  private static OnnxEncoder encoder;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    encoder = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2.files());
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  private static List<String> texts(long seed, int count) {
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("text " + i);
      for (int words = random.nextInt(50); words > 0; words--) {
        text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }

  private static float[] vector(OnnxEncoder with, String text) {
    return with.encode(List.of(text), Purpose.PASSAGE).get(0).vector();
  }

  @Test
  void shouldPlaceSimilarTextsNearEachOther() {
    float[] cat = vector(encoder, "The cat sits on the mat");
    assertThat(encoder.model().id()).isEqualTo("all-minilm-l6-v2/fp32");
    assertThat(encoder.model().dimension()).isEqualTo(384).isEqualTo(cat.length);
    assertThat(cosine(cat, cat)).isEqualTo(1, within(1e-9));
    assertThat(cosine(cat, vector(encoder, "A cat is sitting on a rug")))
        .isGreaterThan(cosine(cat, vector(encoder, "Interest rates rose again")) + 0.4);
  }

  /** From sentence-transformers 2.x, {@code encode("This is an example sentence")}. */
  @Test
  void shouldGiveThePublishedVector() {
    float[] vector = vector(encoder, "This is an example sentence");
    assertThat(vector[0]).isEqualTo(0.0676569f, within(1e-5f));
    assertThat(vector[1]).isEqualTo(0.0634959f, within(1e-5f));
    assertThat(vector[2]).isEqualTo(0.0487131f, within(1e-5f));
  }

  @Test
  void shouldGiveTheSameBitsWhateverElseIsInTheBatch() {
    List<String> texts = texts(7, 60);
    List<float[]> alone = texts.stream().map(text -> vector(encoder, text)).toList();
    for (int round = 0; round < 3; round++) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < texts.size(); i++) {
        order.add(i);
      }
      Collections.shuffle(order, new Random(round));
      List<Encoding> together =
          encoder.encode(order.stream().map(texts::get).toList(), Purpose.PASSAGE);
      for (int i = 0; i < order.size(); i++) {
        assertThat(together.get(i).vector()).isEqualTo(alone.get(order.get(i)));
      }
    }
  }

  @Test
  void shouldGiveTheSameBitsOnManyThreads() throws Exception {
    List<String> texts = texts(11, 40);
    List<Encoding> expected = encoder.encode(texts, Purpose.PASSAGE);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<Encoding>>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(threads.submit(() -> encoder.encode(texts, Purpose.PASSAGE)));
      }
      for (Future<List<Encoding>> run : runs) {
        for (int i = 0; i < texts.size(); i++) {
          assertThat(run.get().get(i).vector()).isEqualTo(expected.get(i).vector());
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void shouldGiveTheSameBitsInInt8WhateverElseIsInTheBatch() {
    List<String> texts = texts(13, 20);
    try (OnnxEncoder int8 = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2_INT8.files())) {
      List<Encoding> together = int8.encode(texts, Purpose.PASSAGE);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(together.get(i).vector()).isEqualTo(vector(int8, texts.get(i)));
        assertThat(cosine(together.get(i).vector(), vector(encoder, texts.get(i))))
            .isGreaterThan(0.95);
      }
    }
  }

  @Test
  void shouldPutThePrefixOfBgeBeforeQueriesOnly() {
    try (OnnxEncoder bge = OnnxEncoder.open(KnownModel.BGE_SMALL_EN_V15_INT8.files())) {
      List<String> text = List.of("planes with two engines");
      float[] passage = bge.encode(text, Purpose.PASSAGE).get(0).vector();
      float[] query = bge.encode(text, Purpose.QUERY).get(0).vector();
      List<String> written = List.of(bge.card().queryPrefix() + text.get(0));
      assertThat(query)
          .isNotEqualTo(passage)
          .isEqualTo(bge.encode(written, Purpose.PASSAGE).get(0).vector());
    }
  }

  @Test
  void shouldCutLongTextsAndSaySo() {
    String text = "engine ".repeat(400);
    Encoding encoding = encoder.encode(List.of(text), Purpose.PASSAGE).get(0);
    assertThat(encoding.truncated()).isTrue();
    assertThat(encoding.tokens()).isEqualTo(128);
    assertThat(encoding.vector()).isEqualTo(vector(encoder, "engine ".repeat(126)));
  }

  @Test
  void shouldEncodeAnEmptyTextAndNoTexts() {
    assertThat(vector(encoder, "")).hasSize(384);
    assertThat(encoder.encode(List.of(), Purpose.PASSAGE)).isEmpty();
  }

  @Test
  void shouldShareOneSessionAndCloseItWithTheLastEncoder() {
    int before = SharedSessions.openSessions();
    OnnxEncoder first = OnnxEncoder.open(KnownModel.BGE_SMALL_EN_V15_INT8.files());
    OnnxEncoder second = OnnxEncoder.open(KnownModel.BGE_SMALL_EN_V15_INT8.files());
    assertThat(SharedSessions.openSessions()).isEqualTo(before + 1);
    first.close();
    first.close();
    assertThat(vector(second, "still there")).hasSize(384);
    second.close();
    assertThat(SharedSessions.openSessions()).isEqualTo(before);
    assertThatThrownBy(() -> vector(second, "gone"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void shouldWaitForRunsInProgressBeforeItCloses() throws Exception {
    for (int round = 0; round < 5; round++) {
      OnnxEncoder closing = OnnxEncoder.open(KnownModel.BGE_SMALL_EN_V15_INT8.files());
      ExecutorService threads = Executors.newFixedThreadPool(3);
      List<Future<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        runs.add(threads.submit(() -> encodeUntilClosed(closing)));
      }
      vector(closing, "warm");
      closing.close();
      for (Future<Integer> run : runs) {
        assertThat(run.get()).isNotNegative();
      }
      threads.shutdown();
    }
  }

  private static int encodeUntilClosed(OnnxEncoder with) {
    for (int i = 0; ; i++) {
      try {
        vector(with, "text number " + i);
      } catch (IllegalStateException closed) {
        return i;
      }
    }
  }

  private Path ownModel(String yaml) throws IOException {
    OnnxModel files = KnownModel.ALL_MINILM_L6_V2_INT8.files();
    Files.copy(files.graph(), folder.resolve("model.onnx"));
    try (var in = OnnxEncoderTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    Files.writeString(folder.resolve("model.yaml"), yaml);
    return folder;
  }

  @Test
  void shouldRunAModelFromAFolder() throws IOException {
    OnnxModel files =
        OnnxModel.fromFolder(
            ownModel("{name: mine, precision: int8, max_tokens: 128, passage_prefix: 'note: '}"));
    try (OnnxEncoder own = OnnxEncoder.open(files);
        OnnxEncoder known = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2_INT8.files())) {
      assertThat(own.model().id()).matches("mine/int8/[0-9a-f]{12}");
      assertThat(own.model().dimension()).isEqualTo(384);
      assertThat(vector(own, "hello")).isEqualTo(vector(known, "note: hello"));
      assertThat(own.card().precision()).isEqualTo(Precision.INT8);
    }
  }

  @Test
  void shouldNameEverythingAFolderLacks() {
    assertThatThrownBy(() -> OnnxModel.fromFolder(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("has no model.onnx, tokenizer.json, model.yaml");
  }

  @Test
  void shouldNameEverythingWrongInAModelCard() throws IOException {
    Path own = ownModel("{name: 'my model', pooling: average, max_tokens: many, poolin: cls}");
    assertThatThrownBy(() -> OnnxModel.fromFolder(own))
        .hasMessageContaining("4 problems")
        .hasMessageContaining("my model")
        .hasMessageContaining("one of mean, cls, none")
        .hasMessageContaining("a whole number from 3")
        .hasMessageContaining("unknown key \"poolin\"");
  }

  @Test
  void shouldRefuseAModelWithoutTheOutputThatPoolingNeeds() throws IOException {
    OnnxModel files =
        OnnxModel.fromFolder(
            ownModel("{name: mine, precision: int8, pooling: none, max_tokens: 64}"));
    int before = SharedSessions.openSessions();
    assertThatThrownBy(() -> OnnxEncoder.open(files))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gives [")
        .hasMessageContaining("last_hidden_state")
        .hasMessageContaining("as pooling: none says");
    assertThat(SharedSessions.openSessions()).isEqualTo(before);
  }

  @Test
  void shouldRefuseAFileThatIsNoModel() throws IOException {
    Files.writeString(folder.resolve("model.onnx"), "<html>404</html>");
    try (var in = OnnxEncoderTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    Files.writeString(folder.resolve("model.yaml"), "{name: page, max_tokens: 64}");
    assertThatThrownBy(() -> OnnxEncoder.open(OnnxModel.fromFolder(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("page/fp32")
        .hasMessageContaining("cannot be run");
  }
}
