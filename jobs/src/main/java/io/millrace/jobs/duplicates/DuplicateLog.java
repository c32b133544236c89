package io.millrace.jobs.duplicates;

import io.millrace.jobs.letters.CommittedRecords;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicateJson;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The pairs and clusters of an embedding as they are by now: of each pair and each row the newest
 * record, unless it was withdrawn. Both topics are read from their beginning to where they ended
 * when reading began; the two may be a moment apart.
 */
public final class DuplicateLog {

  private static final Comparator<DuplicatePair> MOST_CERTAIN_FIRST =
      Comparator.comparingDouble(DuplicatePair::score)
          .thenComparing(DuplicateLog::bits)
          .reversed()
          .thenComparing(DuplicatePair::pointA)
          .thenComparing(DuplicatePair::pointB);

  private final Pipeline pipeline;
  private final String embedding;

  /**
   * A cluster of rows that are the same thing.
   *
   * @param members the one that represents the others first
   */
  public record FoundCluster(String id, List<ClusterMember> members) {}

  public DuplicateLog(Pipeline pipeline, String embedding) {
    this.pipeline = pipeline;
    this.embedding = embedding;
  }

  /**
   * Pairs, the most certain ones first.
   *
   * @param progress told how many records were read
   * @throws IOException if Kafka does not answer
   */
  public List<DuplicatePair> pairs(Decision decision, LongConsumer progress)
      throws IOException, InterruptedException {
    return newest(pipeline.topics().duplicates(), DuplicateJson::pair, progress).values().stream()
        .filter(pair -> pair.decision() == decision)
        .sorted(MOST_CERTAIN_FIRST)
        .toList();
  }

  private static double bits(DuplicatePair pair) {
    return Double.isNaN(pair.weight()) ? 0 : pair.weight();
  }

  /**
   * Clusters, the largest ones first.
   *
   * @param progress told how many records were read
   * @throws IOException if Kafka does not answer
   */
  public List<FoundCluster> clusters(LongConsumer progress)
      throws IOException, InterruptedException {
    Map<String, List<ClusterMember>> clusters = new TreeMap<>();
    newest(pipeline.topics().clusters(), DuplicateJson::member, progress)
        .values()
        .forEach(
            member ->
                clusters.computeIfAbsent(member.cluster(), id -> new ArrayList<>()).add(member));
    return clusters.entrySet().stream()
        .map(cluster -> new FoundCluster(cluster.getKey(), ordered(cluster.getValue())))
        .sorted(
            Comparator.comparingInt((FoundCluster cluster) -> cluster.members().size())
                .reversed()
                .thenComparing(FoundCluster::id))
        .toList();
  }

  private static List<ClusterMember> ordered(List<ClusterMember> members) {
    return members.stream()
        .sorted(
            Comparator.comparing(ClusterMember::representedByAnother)
                .thenComparing(ClusterMember::key))
        .toList();
  }

  /** The values that are not withdrawn, by their keys. */
  private <T> Map<String, T> newest(String topic, Function<byte[], T> decode, LongConsumer progress)
      throws IOException, InterruptedException {
    Topics topics = pipeline.topics();
    String prefix = embedding + "/";
    Map<String, T> newest = new HashMap<>();
    try (CommittedRecords records =
        new CommittedRecords(topics.bootstrapServers(), topics.properties())) {
      records.read(
          topic,
          0,
          record -> {
            String key =
                record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(prefix)) {
              return;
            }
            if (record.value() == null) {
              newest.remove(key);
              return;
            }
            try {
              newest.put(key, decode.apply(record.value()));
            } catch (IllegalArgumentException malformed) {
              throw new IOException(
                  "topic %s, partition %d, offset %d: %s"
                      .formatted(
                          topic, record.partition(), record.offset(), malformed.getMessage()),
                  malformed);
            }
          },
          progress);
    }
    return newest;
  }
}
