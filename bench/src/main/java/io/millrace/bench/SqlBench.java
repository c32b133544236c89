package io.millrace.bench;

import io.millrace.testkit.QdrantServer;
import io.millrace.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code scripts/bench sql}: what Flink SQL costs on top of what it calls. Each pair does the same
 * work on the same servers, with as many threads as there are cores; rounds are interleaved,
 * figures are medians.
 *
 * <ul>
 *   <li>VECTOR_SEARCH in its asynchronous mode against the bare client's {@code queryBatch}, with
 *       batches of 64, four under way, the same payload and no vectors in the answers
 *   <li>a lookup join of five features against pipelined HMGET, 500 at once
 *   <li>ML_PREDICT in its asynchronous mode against the bare encoder, batches of 64, no cache
 *   <li>PSI over ten million rows in batch mode against a histogram by GROUP BY and the formula
 * </ul>
 */
public final class SqlBench {
  private static final int ROUNDS = 3;

  /** Two ways to the same answers. */
  interface Pair {
    String name();

    /** Of the peer, a second. */
    double peer() throws Exception;

    /** Of SQL with Millrace, a second. */
    double ours() throws Exception;
  }

  private SqlBench() {}

  public static void main(String[] args) throws Exception {
    Path dir = Files.createTempDirectory("millrace-bench-sql");
    double[] ratios = new double[4];
    try (QdrantServer qdrant = QdrantServer.start(dir.resolve("qdrant"));
        RedisServer redis = RedisServer.start(dir.resolve("redis"))) {
      try (SqlSearch search = new SqlSearch(qdrant)) {
        ratios[0] = ratio(search);
      }
      ratios[1] = ratio(new SqlLookup(redis));
    } finally {
      try (Stream<Path> files = Files.walk(dir)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    try (SqlPredict predict = new SqlPredict()) {
      ratios[2] = ratio(predict);
    }
    ratios[3] = ratio(new SqlPsi());
    System.out.printf(
        "ratio_vector_search=%.2f ratio_lookup=%.2f ratio_predict=%.2f ratio_psi=%.2f%n",
        ratios[0], ratios[1], ratios[2], ratios[3]);
  }

  /** The first round warms up. */
  private static double ratio(Pair pair) throws Exception {
    List<Double> peers = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      double peer = pair.peer();
      double our = pair.ours();
      if (round > 0) {
        peers.add(peer);
        ours.add(our);
      }
    }
    double peer = median(peers);
    double our = median(ours);
    System.out.printf(
        "%-46s %,13.0f/s   SQL %,13.0f/s   %5.2f%n", pair.name(), peer, our, our / peer);
    return our / peer;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
