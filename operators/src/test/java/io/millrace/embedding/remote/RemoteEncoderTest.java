package io.millrace.embedding.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.embedding.EncoderUnavailableException;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder.Purpose;
import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a small server that speaks as OpenAI's does; the real one costs money. */
class RemoteEncoderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<String> keys = Collections.synchronizedList(new ArrayList<>());
  private final Deque<Integer> failures = new ArrayDeque<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/embeddings", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** The vector of a text is its length and the length of the model's name. */
  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    asked.add(request);
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    boolean refused = false;
    ObjectNode answer = JSON.createObjectNode();
    for (int i = request.path("input").size() - 1; i >= 0; i--) {
      String text = request.path("input").get(i).asText();
      refused |= text.contains("boom");
      ObjectNode item = answer.withArray("data").addObject();
      item.put("index", i);
      item.putArray("embedding").add(text.length()).add(request.path("model").asText().length());
    }
    answer.putObject("usage").put("total_tokens", 10L * request.path("input").size());
    int status = failures.isEmpty() ? refused ? 400 : 200 : failures.poll();
    byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private RemoteEncoder encoder(int batch, int attempts, int dimension) {
    return encoder("small", batch, attempts, dimension);
  }

  private RemoteEncoder encoder(String model, int batch, int attempts, int dimension) {
    return new RemoteEncoder(
        new EmbeddingModelSpec.Remote(
            "http://127.0.0.1:" + server.getAddress().getPort() + "/v1",
            model,
            new Secret("k3y"),
            dimension,
            false,
            batch,
            Duration.ofSeconds(5),
            0,
            attempts,
            2.0,
            "q: ",
            ""),
        model + "/remote/2");
  }

  @Test
  void shouldAskInBatchesAndCountTokensAndCost() throws Exception {
    try (RemoteEncoder encoder = encoder(2, 1, 2)) {
      List<Encoding> encodings = encoder.encode(List.of("a", "bb", "ccc"), Purpose.PASSAGE);

      assertThat(encodings).extracting(it -> it.vector()[0]).containsExactly(1f, 2f, 3f);
      assertThat(asked).hasSize(2);
      assertThat(asked.get(0).path("model").asText()).isEqualTo("small");
      assertThat(keys).containsOnly("Bearer k3y");
      assertThat(encoder.tokens()).isEqualTo(30);
      assertThat(encoder.cost()).isEqualTo(30 * 2.0 / 1e6);
    }
  }

  @Test
  void shouldPutThePrefixOfThePurposeBeforeATextAndIntoTheIdOfTheVectors() throws Exception {
    try (RemoteEncoder encoder = encoder(2, 1, 2)) {
      encoder.encode(List.of("a"), Purpose.QUERY);
      encoder.encode(List.of("a"), Purpose.PASSAGE);

      assertThat(asked)
          .extracting(it -> it.path("input").get(0).asText())
          .containsExactly("q: a", "a");
    }
    EmbeddingModelSpec.Remote plain = endpoint("");
    assertThat(RemoteEncoder.idOf(plain)).isEqualTo("small/remote/2");
    assertThat(RemoteEncoder.idOf(endpoint("p: "))).isNotEqualTo(RemoteEncoder.idOf(plain));
  }

  private static EmbeddingModelSpec.Remote endpoint(String passagePrefix) {
    return new EmbeddingModelSpec.Remote(
        "http://127.0.0.1:1/v1",
        "small",
        new Secret(""),
        2,
        false,
        1,
        Duration.ofSeconds(5),
        0,
        1,
        0,
        "",
        passagePrefix);
  }

  @Test
  void shouldTryAgainWhatMayPass() throws Exception {
    failures.addAll(List.of(503, 429));
    try (RemoteEncoder encoder = encoder(8, 3, 2)) {
      assertThat(encoder.encode(List.of("a"), Purpose.PASSAGE)).hasSize(1);
      assertThat(encoder.requests()).isEqualTo(3);
    }
  }

  @Test
  void shouldSayThatItIsOutOfReachAndNotAskAgainAtOnce() {
    failures.addAll(List.of(500, 500));
    try (RemoteEncoder encoder = encoder(8, 2, 2)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> encoder.encode(List.of("a"), Purpose.PASSAGE))
            .isInstanceOf(EncoderUnavailableException.class)
            .hasMessageContaining("http://127.0.0.1")
            .hasMessageNotContaining("k3y");
      }
      assertThat(encoder.requests()).isEqualTo(2);
    }
  }

  @Test
  void shouldRefuseOnlyTheTextThatIsAtFault() throws Exception {
    try (RemoteEncoder encoder = encoder(8, 1, 2)) {
      List<Encoding> encodings =
          encoder.encode(List.of("a", "bb", "boom", "dddd", "eeeee"), Purpose.PASSAGE);
      assertThat(encodings)
          .extracting(Encoding::isRefused)
          .containsExactly(false, false, true, false, false);
      assertThat(encodings.get(2).refusal()).contains("status 400");
    }
  }

  @Test
  void shouldFailOnAWrongKeyAndOnAnotherDimension() {
    failures.add(401);
    try (RemoteEncoder encoder = encoder(8, 3, 2)) {
      assertThatThrownBy(() -> encoder.encode(List.of("a"), Purpose.PASSAGE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("status 401")
          .hasMessageContaining("check url, model and api_key");
    }
    try (RemoteEncoder encoder = encoder(8, 3, 3)) {
      assertThatThrownBy(() -> encoder.encode(List.of("a"), Purpose.PASSAGE))
          .hasMessageContaining("a vector of 2 numbers")
          .hasMessageContaining("expected 3");
    }
  }

  @Test
  void shouldLetTheOtherOneStandInOnlyWhenItIsTheSameModel() throws Exception {
    try (StandInEncoder same = new StandInEncoder(encoder(8, 1, 2), encoder(8, 1, 2))) {
      same.requireSame();
      failures.add(500);
      assertThat(same.encode(List.of("a"), Purpose.PASSAGE)).hasSize(1);
      assertThat(same.standIns()).isEqualTo(1);
    }
    try (StandInEncoder other =
        new StandInEncoder(encoder(8, 1, 2), encoder("x".repeat(90), 8, 1, 2))) {
      assertThatThrownBy(other::requireSame)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not the same model");
    }
  }
}
