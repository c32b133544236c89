package io.millrace.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.ingest.DecodingException;
import io.millrace.pipeline.FormatOptions;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;

/**
 * Writers' schemas from a registry with Confluent's REST API ({@code GET /schemas/ids/ID}), each
 * asked for once. An id that the registry does not know is asked for again after a while: it may be
 * younger than a replica.
 *
 * <p>A registry that does not answer holds the caller up, and after some time throws. NOT thread
 * safe.
 */
final class SchemaRegistry {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final int MAX_UNKNOWN = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FormatOptions.Registry settings;
  private final LongSupplier nanoTime;
  private final Duration patience;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Map<Integer, Schema> schemas = new HashMap<>();
  private final Map<Integer, Unknown> unknown = new HashMap<>();

  private record Unknown(String why, long sinceNanos) {}

  SchemaRegistry(FormatOptions.Registry settings) {
    this(settings, PATIENCE, System::nanoTime);
  }

  SchemaRegistry(FormatOptions.Registry settings, Duration patience, LongSupplier nanoTime) {
    this.settings = settings;
    this.patience = patience;
    this.nanoTime = nanoTime;
  }

  /**
   * @throws DecodingException if the registry has no Avro schema of this id
   * @throws OutageException if it does not answer
   */
  Schema schema(int id) throws IOException {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    Unknown before = unknown.get(id);
    if (before != null && nanoTime.getAsLong() - before.sinceNanos < UNKNOWN_FOR.toNanos()) {
      throw new DecodingException(DeadLetterReason.UNKNOWN_SCHEMA, before.why);
    }
    try {
      Schema schema = parse(get("/schemas/ids/" + id, "schema " + id), "schema " + id);
      schemas.put(id, schema);
      unknown.remove(id);
      return schema;
    } catch (DecodingException refused) {
      if (unknown.size() >= MAX_UNKNOWN) {
        unknown.clear();
      }
      unknown.put(id, new Unknown(refused.getMessage(), nanoTime.getAsLong()));
      throw refused;
    }
  }

  /** Versions of a subject, in the registry's order; empty when it has none. */
  List<Integer> versions(String subject) {
    try {
      List<Integer> versions = new ArrayList<>();
      for (JsonNode version : get(path(subject), "subject " + subject)) {
        versions.add(version.asInt());
      }
      return versions;
    } catch (DecodingException none) {
      return List.of();
    }
  }

  /**
   * @throws DecodingException if the registry has no such Avro schema
   */
  Schema version(String subject, int version) throws IOException {
    String what = "version " + version + " of subject " + subject;
    return parse(get(path(subject) + "/" + version, what), what);
  }

  private static String path(String subject) {
    return "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
  }

  private Schema parse(JsonNode answer, String what) throws IOException {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new DecodingException(
          DeadLetterReason.UNKNOWN_SCHEMA,
          "%s of registry %s is %s, not AVRO".formatted(what, settings.url(), type));
    }
    Schema.Parser parser = new Schema.Parser();
    addReferences(answer, parser, 0);
    try {
      return parser.parse(answer.path("schema").asText());
    } catch (RuntimeException malformed) {
      throw new DecodingException(
          DeadLetterReason.UNKNOWN_SCHEMA,
          "%s of registry %s cannot be read: %s"
              .formatted(what, settings.url(), malformed.getMessage()));
    }
  }

  /** Schemas may name types of other schemas, which have to be known first. */
  private void addReferences(JsonNode answer, Schema.Parser parser, int depth) throws IOException {
    for (JsonNode reference : answer.path("references")) {
      String subject = reference.path("subject").asText();
      JsonNode referenced =
          get(path(subject) + "/" + reference.path("version").asInt(), "subject " + subject);
      if (depth < 16) {
        addReferences(referenced, parser, depth + 1);
      }
      if (!parser.getTypes().containsKey(reference.path("name").asText())) {
        parser.parse(referenced.path("schema").asText());
      }
    }
  }

  private JsonNode get(String path, String what) {
    long start = nanoTime.getAsLong();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      String failure;
      Throwable cause = null;
      try {
        HttpResponse<byte[]> answer =
            http.send(request(path), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
          return JSON.readTree(answer.body());
        }
        if (answer.statusCode() == 404) {
          throw new DecodingException(
              DeadLetterReason.UNKNOWN_SCHEMA,
              "registry %s does not know %s; was the record written with another registry?"
                  .formatted(settings.url(), what));
        }
        failure = "status " + answer.statusCode();
      } catch (IOException away) {
        failure = away.getMessage() == null ? away.getClass().getSimpleName() : away.getMessage();
        cause = away;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new OutageException("stopped while waiting for a schema registry", stopped);
      }
      if (nanoTime.getAsLong() - start > patience.toNanos()) {
        throw new OutageException(
            "schema registry %s has not told %s for %s, last: %s. See that it runs, can be reached and lets this user in (format_options.registry)"
                .formatted(settings.url(), what, patience, failure),
            cause);
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new OutageException("stopped while waiting for a schema registry", stopped);
      }
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
    }
  }

  private HttpRequest request(String path) {
    String base = settings.url().replaceAll("/+$", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(REQUEST_TIMEOUT)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (!settings.username().isEmpty()) {
      String user = settings.username() + ":" + settings.password().value();
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }
    return request.GET().build();
  }
}
