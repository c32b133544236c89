package io.millrace.embedding.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.millrace.embedding.onnx.KnownModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedSessionsTest {

  @TempDir private Path folder;

  /** The setting is a text that nobody checks: what counts is the graph that is run. */
  @Test
  void shouldRunLayerNormalisationUnfused() throws OrtException, IOException {
    try (OrtSession.SessionOptions ours = SharedSessions.options();
        OrtSession.SessionOptions defaults = new OrtSession.SessionOptions()) {
      String usually = optimised(defaults);
      String ourOwn = optimised(ours);
      assertThat(has(usually, "LayerNormalization")).isTrue();
      assertThat(has(ourOwn, "LayerNormalization")).isFalse();
      assertThat(has(ourOwn, "SkipLayerNormalization")).isFalse();
      assertThat(has(ourOwn, "MatMul")).isTrue();
    }
  }

  /** A node's operator is field 4 of its message: a tag, the name's length, the name. */
  private static boolean has(String graph, String operator) {
    return graph.contains("\"" + (char) operator.length() + operator);
  }

  private String optimised(OrtSession.SessionOptions options) throws OrtException, IOException {
    Path graph = Files.createTempFile(folder, "graph", ".onnx");
    options.setOptimizedModelFilePath(graph.toString());
    Path model = KnownModel.ALL_MINILM_L6_V2.files().graph();
    try (OrtSession session =
        SharedSessions.environment().createSession(model.toString(), options)) {
      assertThat(session.getNumInputs()).isEqualTo(3);
    }
    return new String(Files.readAllBytes(graph), StandardCharsets.ISO_8859_1);
  }

  /** A TaskManager's class path alone is longer than what ONNX Runtime survives by itself. */
  @Test
  void shouldStartInAProcessWithALongCommandLine() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dlong=" + "x".repeat(100_000),
                StartEnvironment.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("started");
  }

  /** Runs in a process of its own. */
  static final class StartEnvironment {
    private StartEnvironment() {}

    public static void main(String[] args) {
      System.out.println("started " + SharedSessions.environment());
    }
  }
}
