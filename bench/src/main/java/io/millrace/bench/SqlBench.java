package io.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code scripts/bench sql [PAIR...]}: what Flink SQL costs on top of what it calls. Each pair does
 * the same work on the same servers, with as many threads as there are cores; rounds are
 * interleaved, figures are medians.
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
  interface Pair extends AutoCloseable {
    String name();

    /** Of the peer, a second. */
    double peer() throws Exception;

    /** Of SQL with Millrace, a second. */
    double ours() throws Exception;

    @Override
    default void close() {}
  }

  private SqlBench() {}

  /** Makes a pair ready, once the one before it is done. */
  private interface Opener {
    Pair open(Path dir) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Map<String, Opener> pairs = new LinkedHashMap<>();
    pairs.put("vector_search", SqlSearch::new);
    pairs.put("lookup", SqlLookup::new);
    pairs.put("predict", dir -> new SqlPredict());
    pairs.put("psi", dir -> new SqlPsi());
    Set<String> asked = args.length == 0 ? pairs.keySet() : Set.of(args);
    if (!pairs.keySet().containsAll(asked)) {
      throw new IllegalArgumentException("%s; there are %s".formatted(asked, pairs.keySet()));
    }
    StringBuilder ratios = new StringBuilder();
    for (Map.Entry<String, Opener> each : pairs.entrySet()) {
      if (asked.contains(each.getKey())) {
        double ratio = ratio(each.getValue());
        ratios.append("ratio_%s=%.2f ".formatted(each.getKey(), ratio));
      }
    }
    System.out.println(ratios.toString().stripTrailing());
  }

  private static double ratio(Opener opener) throws Exception {
    try (ScratchFolder dir = ScratchFolder.of("sql");
        Pair pair = opener.open(dir.path())) {
      return ratio(pair);
    }
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
    double peer = Median.of(peers);
    double our = Median.of(ours);
    System.out.printf(
        "%-46s %,13.0f/s   SQL %,13.0f/s   %5.2f%n", pair.name(), peer, our, our / peer);
    return our / peer;
  }

  /** How long it takes to make all calls, each in a thread of its own. */
  static double seconds(List<Callable<Void>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      long began = System.nanoTime();
      for (Future<Void> done : threads.invokeAll(calls)) {
        done.get();
      }
      return (System.nanoTime() - began) / 1e9;
    } finally {
      threads.shutdownNow();
    }
  }
}
