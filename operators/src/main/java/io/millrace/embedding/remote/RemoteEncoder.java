package io.millrace.embedding.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.EncoderUnavailableException;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.pipeline.EmbeddingModelSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks an endpoint for vectors: {@code POST url/embeddings} with {@code {"model", "input": [...]}}.
 *
 * <p>Requests that fail for a reason that may pass (no answer in time, status 408, 429 or 5xx) are
 * sent again with doubling pauses, or after as long as {@code Retry-After} says. After the last
 * attempt the circuit is open for {@value #OPEN_SECONDS} seconds: who asks then is told at once. A
 * batch that is refused is split until those texts are found that are at fault. Thread-safe.
 */
public final class RemoteEncoder implements TextEncoder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final long OPEN_SECONDS = 15;
  private static final int SHOWN_CHARACTERS = 200;

  private final EmbeddingModelSpec.Remote endpoint;
  private final EmbeddingModel model;
  private final HttpClient client;
  private final LongAdder tokens = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private long nextRequestNanos = System.nanoTime();
  private volatile long closedAgainNanos = System.nanoTime();

  /**
   * @param modelId by which its vectors are known
   */
  public RemoteEncoder(EmbeddingModelSpec.Remote endpoint, String modelId) {
    this.endpoint = endpoint;
    this.model = new EmbeddingModel(modelId, endpoint.dimension());
    this.client = HttpClient.newBuilder().connectTimeout(endpoint.timeout()).build();
  }

  /**
   * Id of the vectors of an endpoint that stands for itself. What is put before the rows' texts
   * changes their vectors, so it is part of the id.
   */
  public static String idOf(EmbeddingModelSpec.Remote endpoint) {
    String id = endpoint.model() + "/remote/" + endpoint.dimension();
    return endpoint.passagePrefix().isEmpty() ? id : id + "/\"" + endpoint.passagePrefix() + "\"";
  }

  @Override
  public EmbeddingModel model() {
    return model;
  }

  /** Tokens that the endpoint has counted. */
  public long tokens() {
    return tokens.sum();
  }

  public long requests() {
    return requests.sum();
  }

  /** What the tokens cost, in the currency of the configured price. */
  public double cost() {
    return tokens.sum() * endpoint.pricePerMillionTokens() / 1e6;
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) throws InterruptedException {
    String prefix = purpose == Purpose.QUERY ? endpoint.queryPrefix() : endpoint.passagePrefix();
    List<String> prefixed =
        prefix.isEmpty() ? texts : texts.stream().map(text -> prefix + text).toList();
    List<Encoding> encodings = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += endpoint.batch()) {
      encodings.addAll(
          batch(prefixed.subList(from, Math.min(texts.size(), from + endpoint.batch()))));
    }
    return encodings;
  }

  private List<Encoding> batch(List<String> texts) throws InterruptedException {
    HttpResponse<String> answer = send(body(texts));
    int status = answer.statusCode();
    if (status == 200) {
      return encodings(answer.body(), texts.size());
    }
    boolean ofTheTexts = status == 400 || status == 413 || status == 422;
    if (!ofTheTexts) {
      throw new IllegalStateException(
          "%s answers with status %d: %s; check url, model and api_key"
              .formatted(place(), status, shown(answer.body())));
    }
    if (texts.size() == 1) {
      return List.of(Encoding.refused("%s refuses it with status %d".formatted(place(), status)));
    }
    List<Encoding> halves = new ArrayList<>(batch(texts.subList(0, texts.size() / 2)));
    halves.addAll(batch(texts.subList(texts.size() / 2, texts.size())));
    return halves;
  }

  private String body(List<String> texts) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", endpoint.model());
    texts.forEach(body.putArray("input")::add);
    body.put("encoding_format", "float");
    if (endpoint.shortens()) {
      body.put("dimensions", endpoint.dimension());
    }
    return body.toString();
  }

  private HttpResponse<String> send(String body) throws InterruptedException {
    if (System.nanoTime() - closedAgainNanos < 0) {
      throw new EncoderUnavailableException(
          place() + " did not answer before; it is asked again soon", null);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url() + "/embeddings"))
            .timeout(endpoint.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (!endpoint.apiKey().value().isEmpty()) {
      request.header("Authorization", "Bearer " + endpoint.apiKey().value());
    }
    Duration pause = FIRST_PAUSE;
    String why = "";
    IOException last = null;
    for (int attempt = 1; attempt <= endpoint.attempts(); attempt++) {
      awaitTurn();
      Duration asked = Duration.ZERO;
      try {
        requests.increment();
        HttpResponse<String> answer =
            client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        int status = answer.statusCode();
        if (status != 408 && status != 429 && status < 500) {
          return answer;
        }
        why = "status " + status;
        asked = retryAfter(answer);
      } catch (IOException e) {
        why = e.toString();
        last = e;
      }
      if (attempt < endpoint.attempts()) {
        Duration wait = asked.compareTo(pause) > 0 ? asked : pause;
        TimeUnit.NANOSECONDS.sleep(
            (wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait).toNanos());
        pause = pause.multipliedBy(2);
      }
    }
    closedAgainNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_SECONDS);
    throw new EncoderUnavailableException(
        "%s does not answer after %d attempts: %s".formatted(place(), endpoint.attempts(), why),
        last);
  }

  private static Duration retryAfter(HttpResponse<String> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]{1,4}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(Duration.ZERO);
  }

  /** Spreads requests over the minute. */
  private void awaitTurn() throws InterruptedException {
    if (endpoint.requestsPerMinute() == 0) {
      return;
    }
    long waitNanos;
    synchronized (this) {
      long now = System.nanoTime();
      nextRequestNanos = nextRequestNanos - now < 0 ? now : nextRequestNanos;
      waitNanos = nextRequestNanos - now;
      nextRequestNanos += TimeUnit.MINUTES.toNanos(1) / endpoint.requestsPerMinute();
    }
    TimeUnit.NANOSECONDS.sleep(waitNanos);
  }

  private List<Encoding> encodings(String body, int expected) {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (IOException e) {
      throw new IllegalStateException(
          "%s answers with what is no JSON: %s".formatted(place(), shown(body)), e);
    }
    Encoding[] encodings = new Encoding[expected];
    int found = 0;
    for (JsonNode item : root.path("data")) {
      JsonNode values = item.path("embedding");
      int index = item.path("index").asInt(-1);
      if (index < 0 || index >= expected || values.size() != model.dimension()) {
        throw new IllegalStateException(
            "%s answers with a vector of %d numbers for text %d of %d; expected %d: set dimension to what the model gives"
                .formatted(place(), values.size(), index, expected, model.dimension()));
      }
      float[] vector = new float[values.size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) values.get(i).asDouble();
      }
      found += encodings[index] == null ? 1 : 0;
      encodings[index] = Encoding.of(vector, 0, false);
    }
    if (found < expected) {
      throw new IllegalStateException(
          "%s answers with %d vectors for %d texts".formatted(place(), found, expected));
    }
    tokens.add(root.path("usage").path("total_tokens").asLong(0));
    return List.of(encodings);
  }

  private static String shown(String body) {
    String line = body.replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "...";
  }

  private String place() {
    return "model " + endpoint.model() + " at " + endpoint.url();
  }

  @Override
  public void close() {
    // Java 17's client has no close; its threads end with the last reference.
  }
}
