package io.millrace.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.embedding.EmbeddingPlan;
import io.millrace.jobs.duplicates.DuplicateLog;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.testkit.Deadline;
import io.millrace.vectors.FoundPoint;
import io.millrace.vectors.VectorQuery;
import io.millrace.vectors.VectorSearch;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What became of planes and airports in Qdrant: points held against rows, and some searches. */
final class VectorFindings {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Many planes have one text; every text is shown once. */
  private static final int SEARCHED = 300;

  private static final int SHOWN = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is searched for, by the name of the embedding. */
  private static final Map<String, String> QUERIES =
      Map.of("plane_vectors", "airbus industrie", "airport_vectors", "grand canyon");

  private final List<List<String>> counts = new ArrayList<>();
  private final List<List<String>> found = new ArrayList<>();
  private final List<List<String>> pairs = new ArrayList<>();
  private String clusters = "";
  private final List<String> problems = new ArrayList<>();

  private VectorFindings() {}

  /**
   * Waits until every row is a point and no point is left of rows that are gone, then searches.
   *
   * @param grpcPort of Qdrant
   */
  static VectorFindings await(Pipeline pipeline, int grpcPort, Connection postgres, Screen screen)
      throws SQLException, IOException, InterruptedException {
    VectorFindings findings = new VectorFindings();
    for (EmbeddingSpec embedding : pipeline.embeddings()) {
      PointCheck check = new PointCheck(pipeline, embedding, grpcPort);
      findings.problems.addAll(check.await(postgres, PATIENCE, screen));
      findings.counts.add(
          List.of(
              check.collection(),
              "%,d".formatted(check.pointCount()),
              "of %,d rows of %s".formatted(check.rowCount(), check.table())));
    }
    for (EmbeddingSpec embedding : pipeline.embeddings()) {
      if (embedding.duplicates().isPresent()) {
        findings.duplicates(pipeline, embedding);
      }
      if (QUERIES.containsKey(embedding.name())) {
        findings.search(pipeline, embedding, QUERIES.get(embedding.name()));
      }
    }
    return findings;
  }

  private void search(Pipeline pipeline, EmbeddingSpec embedding, String text)
      throws IOException, InterruptedException {
    var schema =
        EmbeddingPlan.of(embedding, pipeline.source(embedding.source()).orElseThrow(), "").schema();
    Map<String, Double> scores = new LinkedHashMap<>();
    try (VectorSearch search = VectorSearch.open(embedding, schema)) {
      VectorQuery query = new VectorQuery(text, Optional.empty(), Map.of(), SEARCHED);
      for (FoundPoint point : search.search(query)) {
        scores.putIfAbsent(point.text(), point.score());
      }
    }
    if (scores.isEmpty()) {
      problems.add("nothing is found for \"" + text + "\" in " + embedding.name());
    }
    String shown = "\"" + text + "\"";
    for (Map.Entry<String, Double> score : scores.entrySet().stream().limit(SHOWN).toList()) {
      found.add(List.of(shown, "%.2f".formatted(score.getValue()), score.getKey()));
      shown = "";
    }
  }

  /** Pairs are told a moment after the points; the planes that are there are known to have some. */
  private void duplicates(Pipeline pipeline, EmbeddingSpec embedding)
      throws IOException, InterruptedException {
    DuplicateLog log = new DuplicateLog(pipeline, embedding.name());
    List<DuplicatePair> matches = new ArrayList<>();
    try {
      Deadline.await(
          PATIENCE,
          () -> "duplicates of " + embedding.name(),
          Duration.ofMillis(500),
          () -> {
            List<DuplicatePair> now = log.pairs(Decision.MATCH, read -> {});
            boolean settled = !now.isEmpty() && now.size() == matches.size();
            matches.clear();
            matches.addAll(now);
            return settled;
          });
    } catch (IllegalStateException none) {
      problems.add("no duplicates are found in " + embedding.name());
      return;
    }
    for (DuplicatePair pair : matches.stream().limit(SHOWN).toList()) {
      pairs.add(
          List.of(
              values(pair.keyA()) + " = " + values(pair.keyB()), "%.3f".formatted(pair.score())));
    }
    clusters =
        "%,d pairs of rows of %s are the same thing, in %,d clusters"
            .formatted(matches.size(), embedding.source(), log.clusters(read -> {}).size());
  }

  /** Of a key as JSON. */
  private static String values(String key) throws IOException {
    List<String> values = new ArrayList<>();
    JSON.readTree(key).forEach(value -> values.add(value.asText()));
    return String.join(" ", values);
  }

  /** What does not add up, in words. */
  List<String> problems() {
    return problems;
  }

  void show(Screen screen) {
    screen.heading("Vectors");
    screen.line("");
    screen.table(List.of("collection", "points", ""), counts);
    screen.line("");
    screen.table(List.of("search", "score", "found"), found);
    if (!pairs.isEmpty()) {
      screen.line("");
      screen.table(List.of("duplicates", "score"), pairs);
      screen.note("    " + clusters);
    }
  }
}
