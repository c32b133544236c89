package io.millrace.bench;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import io.millrace.embedding.cache.CachingEncoder;
import io.millrace.embedding.cache.MemoryCache;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code scripts/bench embed [TEXTS]}: texts a second through the operator's encoder, with as many
 * threads as there are cores and batches of 64 as the operator makes them, against langchain4j's
 * {@code embedAll} over all texts at once, with the executor it has by default.
 *
 * <p>Both run all-MiniLM-L6-v2 in this process, on the same files. Texts are distinct: 2,000 of 20
 * to 60 tokens, and a fifth as many of 20 to 120. Rounds are interleaved, figures are medians.
 */
public final class EmbedBench {
  private static final int TEXTS = 2_000;
  private static final int BATCH = 64;
  private static final int ROUNDS = 5;
  private static final long SEED = 42;

  private static final String[] WORDS =
      ("the a of in and to with for was is on by from that this airline flight plane engine seat"
              + " gate delay weather crew night cargo route airport departure arrival passenger"
              + " maintenance turbine fuel wing cabin baggage customer reported minor issue repaired"
              + " inspection scheduled before landing after takeoff because strong winds heavy snow"
              + " Newark LaGuardia Kennedy Chicago Boston AIRBUS INDUSTRIE BOEING EMBRAER"
              + " BOMBARDIER twin-jet turbo-fan 2013 A320 737-800 reciprocating 55 182 379")
          .split(" ");

  private EmbedBench() {}

  /** Embeds texts, in their order. */
  private interface Contestant {
    List<float[]> embed(List<String> texts) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    int count = args.length == 0 ? TEXTS : Integer.parseInt(args[0]);
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try (OnnxEncoder fp32 = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2.files());
        OnnxEncoder int8 = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2_INT8.files())) {
      Map<String, Contestant> contestants = new LinkedHashMap<>();
      contestants.put("langchain4j", peer(new AllMiniLmL6V2EmbeddingModel()));
      contestants.put("millrace", texts -> embed(fp32, texts, threads, cores));
      contestants.put("langchain4j -q", peer(new AllMiniLmL6V2QuantizedEmbeddingModel()));
      contestants.put("millrace int8", texts -> embed(int8, texts, threads, cores));

      List<String> texts = texts(new Random(SEED), count, 20, 60, fp32);
      double cosine = leastCosine(contestants, texts);
      System.out.printf("%,d texts of 20 to 60 tokens, %d cores%n", texts.size(), cores);
      Map<String, Double> rates = race(contestants, texts);
      List<String> mixed = texts(new Random(SEED + 1), count / 5, 20, 120, fp32);
      cosine = Math.min(cosine, leastCosine(contestants, mixed));
      System.out.printf("%n%,d texts of 20 to 120 tokens%n", mixed.size());
      race(contestants, mixed);
      double cached = cacheGain(fp32, texts, threads, cores);
      System.out.printf(
          "%nhalf of the texts repeated: the cache makes it %.2f times as fast%n", cached);
      System.out.printf(
          "ratio_fp32=%.2f ratio_int8=%.2f cosine_min=%.7f ratio_cache=%.2f%n",
          rates.get("millrace") / rates.get("langchain4j"),
          rates.get("millrace int8") / rates.get("langchain4j"),
          cosine,
          cached);
    } finally {
      threads.shutdown();
    }
  }

  /** Distinct texts with about as many tokens as asked for. */
  static List<String> texts(Random random, int count, int fewest, int most, TextEncoder tokens) {
    List<String> texts = new ArrayList<>();
    while (texts.size() < count) {
      int wanted = fewest + random.nextInt(most - fewest + 1) - 2;
      StringBuilder text = new StringBuilder("Report " + texts.size());
      while (tokens.countTokens(text.toString()) < wanted - 2) {
        text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static Contestant peer(EmbeddingModel model) {
    return texts ->
        model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
            .map(embedding -> embedding.vector())
            .toList();
  }

  /** The vectors of texts, in their order, encoded in batches by several threads. */
  static List<float[]> embed(
      TextEncoder encoder, List<String> texts, ExecutorService threads, int cores)
      throws Exception {
    float[][] vectors = new float[texts.size()][];
    AtomicInteger next = new AtomicInteger();
    Callable<Void> slot =
        () -> {
          for (int from = next.getAndAdd(BATCH);
              from < vectors.length;
              from = next.getAndAdd(BATCH)) {
            List<String> batch = texts.subList(from, Math.min(vectors.length, from + BATCH));
            List<Encoding> encodings = encoder.encode(batch, TextEncoder.Purpose.PASSAGE);
            for (int i = 0; i < encodings.size(); i++) {
              vectors[from + i] = encodings.get(i).vector();
            }
          }
          return null;
        };
    for (Future<Void> done : threads.invokeAll(Collections.nCopies(cores, slot))) {
      done.get();
    }
    return Arrays.asList(vectors);
  }

  private static double leastCosine(Map<String, Contestant> contestants, List<String> texts)
      throws Exception {
    List<float[]> peer = contestants.get("langchain4j").embed(texts);
    List<float[]> ours = contestants.get("millrace").embed(texts);
    double least = 1;
    for (int i = 0; i < texts.size(); i++) {
      double dot = 0;
      double a = 0;
      double b = 0;
      for (int d = 0; d < ours.get(i).length; d++) {
        dot += (double) ours.get(i)[d] * peer.get(i)[d];
        a += (double) ours.get(i)[d] * ours.get(i)[d];
        b += (double) peer.get(i)[d] * peer.get(i)[d];
      }
      least = Math.min(least, dot / Math.sqrt(a * b));
    }
    return least;
  }

  /** Medians of texts a second; the first round warms up. */
  private static Map<String, Double> race(Map<String, Contestant> contestants, List<String> texts)
      throws Exception {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      for (var contestant : contestants.entrySet()) {
        double rate = rate(contestant.getValue(), texts);
        if (round > 0) {
          rates.computeIfAbsent(contestant.getKey(), name -> new ArrayList<>()).add(rate);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    rates.forEach((name, all) -> medians.put(name, Median.of(all)));
    double base = medians.get("langchain4j");
    medians.forEach(
        (name, rate) ->
            System.out.printf("  %-16s %,9.0f texts/s  %5.2f%n", name, rate, rate / base));
    return medians;
  }

  private static double rate(Contestant contestant, List<String> texts) throws Exception {
    long began = System.nanoTime();
    List<float[]> vectors = contestant.embed(texts);
    double seconds = (System.nanoTime() - began) / 1e9;
    if (vectors.size() != texts.size() || vectors.contains(null)) {
      throw new IllegalStateException("texts without a vector");
    }
    return texts.size() / seconds;
  }

  /** How much faster it is with a cache when every text comes twice. */
  private static double cacheGain(
      OnnxEncoder encoder, List<String> texts, ExecutorService threads, int cores)
      throws Exception {
    List<String> twice = new ArrayList<>(texts);
    twice.addAll(texts);
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      without.add(rate(list -> embed(encoder, list, threads, cores), twice));
      try (MemoryCache memory = MemoryCache.acquire("bench " + round, 2 * texts.size())) {
        CachingEncoder caching = new CachingEncoder(encoder, memory, Optional.empty());
        with.add(rate(list -> embed(caching, list, threads, cores), twice));
      }
    }
    return Median.of(with) / Median.of(without);
  }
}
