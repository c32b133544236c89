package io.millrace.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How duplicates are found among the rows of an embedding: which rows are compared, by what, and
 * from which score on two of them are the same thing.
 *
 * <p>The score of a pair is the probability that both rows are the same thing; where no fields are
 * compared, it is the cosine similarity of their vectors.
 *
 * @param threshold score from which on two rows match, above 0, at most 1
 * @param review score from which on a pair is told for people to look at; at most the threshold
 * @param compare fields that are compared; empty: only the vectors are
 * @param blocks rules, each of which finds pairs
 * @param neighbours how pairs are found by their vectors
 * @param largestBlock most rows of a block that are compared with one another
 * @param largestCluster most rows that may be taken for the same thing
 * @param settle quiet time after which weights are estimated anew and all pairs judged by them
 * @param keep how long a row is remembered after its last change; zero: until it is deleted
 * @param writeBack whether points are marked with {@code duplicate_of}
 */
public record DuplicatesSpec(
    double threshold,
    double review,
    List<ComparedField> compare,
    List<BlockingRule> blocks,
    Neighbours neighbours,
    int largestBlock,
    int largestCluster,
    Duration settle,
    Duration keep,
    boolean writeBack)
    implements Serializable {

  public DuplicatesSpec {
    compare = List.copyOf(compare);
    blocks = List.copyOf(blocks);
  }

  /**
   * The points nearest to a row's own.
   *
   * @param limit how many are looked at; zero: none
   * @param similarity least cosine similarity
   * @param exact whether all points are looked at, rather than those that the vector index offers
   * @param weigh whether the similarity counts as one more compared field
   */
  public record Neighbours(int limit, double similarity, boolean exact, boolean weigh)
      implements Serializable {

    /** With a similarity that finds pairs and does not count. */
    public Neighbours(int limit, double similarity, boolean exact) {
      this(limit, similarity, exact, false);
    }

    public boolean isUsed() {
      return limit > 0;
    }
  }

  /** Whether the weights of fields stand in the file. */
  public boolean hasWeights() {
    return compare.stream().anyMatch(field -> field.weights().isPresent());
  }
}
