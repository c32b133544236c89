package io.millrace.bench;

import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxEncoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The records of people as vectors of the operator's encoder, and which are near to which: all are
 * looked at, which stands for the exact search of Qdrant.
 */
final class PeopleVectors {
  private final float[][] vectors;

  /** Two records by their place, the smaller one first. */
  record Near(int first, int second, double cosine) {}

  private PeopleVectors(float[][] vectors) {
    this.vectors = vectors;
  }

  /** The known values of each record in one text, in the order of the fields. */
  static PeopleVectors of(People people) throws Exception {
    List<String> texts =
        people.persons().stream()
            .map(
                person ->
                    String.join(
                        " ", person.values().stream().filter(value -> !value.isEmpty()).toList()))
            .toList();
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try (OnnxEncoder encoder = OnnxEncoder.open(KnownModel.ALL_MINILM_L6_V2_INT8.files())) {
      return new PeopleVectors(
          EmbedBench.embed(encoder, texts, threads, cores).toArray(float[][]::new));
    } finally {
      threads.shutdown();
    }
  }

  /** The pairs in which one is among the {@code limit} nearest of the other, at least this near. */
  List<Near> neighbours(int limit, double least) {
    List<PriorityQueue<Near>> nearest = new ArrayList<>();
    for (int i = 0; i < vectors.length; i++) {
      nearest.add(new PriorityQueue<>(Comparator.comparingDouble(Near::cosine)));
    }
    for (int i = 0; i < vectors.length; i++) {
      for (int j = i + 1; j < vectors.length; j++) {
        double cosine = cosine(vectors[i], vectors[j]);
        if (cosine >= least) {
          Near near = new Near(i, j, cosine);
          keep(nearest.get(i), near, limit);
          keep(nearest.get(j), near, limit);
        }
      }
    }
    return nearest.stream().flatMap(PriorityQueue::stream).distinct().toList();
  }

  private static void keep(PriorityQueue<Near> nearest, Near near, int limit) {
    nearest.add(near);
    if (nearest.size() > limit) {
      nearest.remove();
    }
  }

  /** Of vectors of length one. */
  private static double cosine(float[] a, float[] b) {
    // Four sums that do not wait for each other.
    float[] sums = new float[4];
    for (int i = 0; i < a.length; i += 4) {
      sums[0] += a[i] * b[i];
      sums[1] += a[i + 1] * b[i + 1];
      sums[2] += a[i + 2] * b[i + 2];
      sums[3] += a[i + 3] * b[i + 3];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
}
