package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingReaderTest {

  @TempDir private Path folder;

  private static EmbeddingSpec only(String embedding) {
    return PipelineFixture.with("embeddings:\n  v: " + embedding + "\n", Map.of())
        .pipeline()
        .embeddings()
        .get(0);
  }

  @Test
  void shouldTakeDefaultsForWhatIsNotWritten() {
    EmbeddingSpec spec = only("{source: planes, text: '{{manufacturer}} {{model}}'}");

    assertThat(spec.key()).containsExactly("tailnum");
    assertThat(spec.model().local())
        .contains(EmbeddingModelSpec.Local.known("all-minilm-l6-v2", ModelCard.Precision.FP32));
    assertThat(spec.model().remote()).isEmpty();
    assertThat(spec.chunks()).isEmpty();
    assertThat(spec.batching()).isEqualTo(new EmbeddingSpec.Batching(64, Duration.ofMillis(5), 1));
    assertThat(spec.cache().entries()).isEqualTo(20_000);
    assertThat(spec.qdrant().url()).isEqualTo("http://localhost:6334");
    assertThat(spec.qdrant().collection()).isEqualTo("v");
    assertThat(spec.qdrant().tenant()).isEmpty();
    assertThat(spec.qdrant().caFile()).isEmpty();
    assertThat(spec.qdrant().deletesKept()).isEqualTo(Duration.ofDays(90));
    assertThat(spec.qdrant().payload()).contains("tailnum", "manufacturer", "seats").hasSize(9);
    assertThat(spec.links()).isTrue();
    assertThat(spec.duplicates()).isEmpty();
  }

  @Test
  void shouldReadEverythingThatIsWritten() {
    Map<String, String> environment =
        Map.of("KEY", "s3cret", "QDRANT", "https://q.example:6334", "AI", "sk-1");
    Pipeline pipeline =
        PipelineFixture.with(
                """
                models:
                  notes:
                    known: bge-small-en-v1.5
                    precision: int8
                    first: local
                    remote:
                      url: "https://ai.example/v1/"
                      model: bge
                      api_key: "${AI}"
                      dimension: 384
                      attempts: 2
                      price_per_million_tokens: 0.02
                      query_prefix: "query: "
                embeddings:
                  v:
                    source: flights
                    key: [flight_id]
                    text: "{{carrier}}{{#dest}} to {{dest}}{{/dest}}"
                    model: notes
                    chunks: {tokens: 100, overlap: 10}
                    batch: {texts: 32, wait: 20ms, in_flight: 2}
                    cache: {entries: 0, redis: "redis://localhost", ttl: 1d}
                    patience: 30s
                    links: false
                    qdrant:
                      url: "${QDRANT}"
                      api_key: "${KEY}"
                      collection: trips
                      tenant: carrier
                      payload: [origin, dest]
                      indexes: [dest]
                      bulk: true
                      batch: 256
                      ca_file: /etc/ssl/ours.pem
                      deletes_kept: 0s
                    duplicates: {threshold: 0.95}
                """,
                environment)
            .pipeline();
    EmbeddingSpec spec = pipeline.embedding("v").orElseThrow();

    assertThat(spec.model().localFirst()).isTrue();
    assertThat(spec.model().remote().orElseThrow().url()).isEqualTo("https://ai.example/v1");
    assertThat(spec.model().local().orElseThrow().precision()).isEqualTo(ModelCard.Precision.INT8);
    assertThat(spec.chunks()).contains(new EmbeddingSpec.Chunks(100, 10));
    assertThat(spec.batching().inFlight()).isEqualTo(2);
    assertThat(spec.qdrant().indexes()).containsExactly("dest");
    assertThat(spec.qdrant().caFile()).contains("/etc/ssl/ours.pem");
    assertThat(spec.qdrant().deletesKept()).isZero();
    assertThat(spec.model().remote().orElseThrow().queryPrefix()).isEqualTo("query: ");
    assertThat(spec.model().remote().orElseThrow().passagePrefix()).isEmpty();
    assertThat(spec.qdrant().apiKey()).contains(new Secret("s3cret"));
    assertThat(spec.duplicates().orElseThrow().threshold()).isEqualTo(0.95);
    assertThat(pipeline.toString()).doesNotContain("s3cret").doesNotContain("sk-1");
  }

  @Test
  void shouldKeepFieldsAboutPersonsOutOfThePayload() throws Exception {
    Path contract = folder.resolve("people.odcs.yaml");
    Files.writeString(
        contract,
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: people
        name: people
        version: 1.0.0
        status: active
        schema:
          - name: people
            logicalType: object
            properties:
              - {name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}
              - {name: email, logicalType: string, classification: pii}
              - {name: notes, logicalType: string, classification: pii}
        """);
    String text =
        """
        pipeline: test
        sources:
          people:
            kafka: {topic: people, bootstrap_servers: "localhost:9092"}
            contract: %s
        embeddings:
          v: {source: people, text: "{{email}} {{notes}}", allow_pii: [notes]%s}
        """;

    EmbeddingSpec spec =
        PipelineFixture.whole(text.formatted(contract, ""), Map.of())
            .pipeline()
            .embeddings()
            .get(0);
    assertThat(spec.allowedPii()).isEqualTo(Set.of("notes"));
    assertThat(spec.qdrant().payload()).containsExactly("id", "notes");
    assertThat(
            PipelineFixture.whole(
                    text.formatted(contract, ", qdrant: {payload: [id, email]}"), Map.of())
                .problems())
        .extracting(Problem::found)
        .containsExactly("the field \"email\", classified pii");
  }

  static Stream<List<String>> mistakes() {
    return Stream.of(
        List.of(
            "embeddings: {v: {source: plane, text: '{{model}}'}}",
            "found the unknown source \"plane\", expected one of flights, planes; did you mean"),
        List.of(
            "embeddings: {v: {source: planes, text: 'planes'}}",
            "found a text without a field, expected a text over fields; write {{field}}"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{modell}}'}}",
            "found the field \"modell\", which contract planes lacks"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{#model}} x'}}",
            "found the section of \"model\" is not closed, expected a text with {{field}}"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}} }}'}}",
            "found a brace too many or too few"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', model: minilm}}",
            "found the unknown model \"minilm\", expected one of all-minilm-l6-v2, bge-small-en-v1.5"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', key: [model]}}",
            "found the key [model], expected the primary key [tailnum]"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', qdrant: {api_key: abc}}}",
            "found a password written out (not shown)"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', qdrant: {url: 'localhost'}}}",
            "found an address that cannot be read (not shown), expected http[s]://host:port"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', qdrant: {ca_file: ca.pem}}}",
            "found ca_file, but an address without TLS, expected a url that begins with https://"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', qdrant: {tenant: owner}}}",
            "found the field \"owner\", which contract planes lacks"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', qdrant: {payload: [model], indexes: [seats]}}}",
            "found an index on \"seats\", which is not in the payload, expected one of model"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}', chunks: {tokens: 20, overlap: 15}}}",
            "found an overlap of 15 tokens in chunks of 20, expected at most half a chunk"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}'}, w: {source: planes, text: '{{type}}', qdrant: {collection: v}}}",
            "found the collection \"v\", already that of embedding v"),
        List.of(
            "embeddings: {v: {source: planes, text: '{{model}}'}, w: {source: planes, text: '{{type}}', qdrant: {url: 'http://localhost:6334', collection: v}}}",
            "found the collection \"v\", already that of embedding v"),
        List.of(
            "features: {v: {entity: [tailnum], source: planes, latest: [model]}}\nembeddings: {v: {source: planes, text: '{{type}}'}}",
            "found the name \"v\", already that of a feature view"),
        List.of(
            "models: {m: {precision: int8}}",
            "found no model, expected known or folder, and remote instead or beside"),
        List.of(
            "models: {m: {known: bge-small-en-v1.5, folder: x}}",
            "found known and folder, expected known or folder"),
        List.of(
            "models: {bge-small-en-v1.5: {folder: x}}",
            "found a model called \"bge-small-en-v1.5\", as one that Millrace knows"),
        List.of(
            "models: {m: {remote: {url: 'https://x', model: y, dimension: 3, api_key: k}}}",
            "found a password written out (not shown)"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void shouldNameTheMistakeAndItsCure(List<String> mistake) {
    assertThat(PipelineFixture.with(mistake.get(0) + "\n", Map.of()).problems())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(mistake.get(1)));
  }
}
