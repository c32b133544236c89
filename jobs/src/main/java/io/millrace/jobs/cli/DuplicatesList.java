package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.duplicates.DuplicateLog;
import io.millrace.jobs.duplicates.DuplicateLog.FoundCluster;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace duplicates list PIPELINE}. */
@Command(
    name = "list",
    description = {
      "Prints the pairs that match, the most certain ones first, with what speaks for and against"
          + " them in bits, and the clusters of rows that are the same thing.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Pairs were found.",
      "1:There are none, or no such embedding.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    })
final class DuplicatesList extends PipelineCommand {

  @Option(
      names = "--embedding",
      paramLabel = "NAME",
      description =
          "Embedding that looks for duplicates (default: the file's first one that does).")
  private String embedding;

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only rows of this tenant.")
  private String tenant;

  @Option(names = "--review", description = "Print the pairs that people should look at instead.")
  private boolean review;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "Most pairs and most clusters to print (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--json",
      description = "Print a JSON object per pair, row in a cluster and line.")
  private boolean json;

  DuplicatesList(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    List<EmbeddingSpec> searching =
        pipeline.embeddings().stream().filter(it -> it.duplicates().isPresent()).toList();
    Optional<EmbeddingSpec> wanted =
        searching.stream()
            .filter(it -> embedding == null || it.name().equals(embedding))
            .findFirst();
    if (wanted.isEmpty()) {
      complain(
          "%s has %s that looks for duplicates; those that do: %s"
              .formatted(
                  file,
                  embedding == null ? "no embedding" : "no embedding " + embedding,
                  searching.stream().map(EmbeddingSpec::name).collect(Collectors.joining(", "))));
      return ExitCodes.NOT_FOUND;
    }
    return list(pipeline, wanted.get().name());
  }

  private int list(Pipeline pipeline, String name) throws IOException, InterruptedException {
    DuplicateLog log = new DuplicateLog(pipeline, name);
    List<DuplicatePair> pairs =
        log
            .pairs(
                review ? Decision.REVIEW : Decision.MATCH, progress(pipeline.topics().duplicates()))
            .stream()
            .filter(pair -> tenant == null || pair.tenant().equals(tenant))
            .toList();
    List<FoundCluster> clusters =
        review
            ? List.of()
            : log.clusters(progress(pipeline.topics().clusters())).stream()
                .filter(it -> tenant == null || it.members().get(0).tenant().equals(tenant))
                .toList();
    if (pairs.isEmpty()) {
      complain(
          "no pairs %s in topic %s"
              .formatted(review ? "for review" : "that match", pipeline.topics().duplicates()));
      return ExitCodes.NOT_FOUND;
    }
    List<DuplicatePair> shownPairs = pairs.subList(0, Math.min(limit, pairs.size()));
    List<FoundCluster> shownClusters = clusters.subList(0, Math.min(limit, clusters.size()));
    if (json) {
      out().print(DuplicatesText.json(shownPairs, shownClusters));
    } else {
      out()
          .println(
              count(
                  shownPairs.size(),
                  pairs.size(),
                  review ? "pairs for review" : "pairs that match"));
      out().print(DuplicatesText.table(shownPairs));
      if (!review) {
        out().println();
        out().println(count(shownClusters.size(), clusters.size(), "clusters"));
        out().print(DuplicatesText.clusters(shownClusters));
      }
    }
    return ExitCodes.OK;
  }

  private static String count(int shown, int all, String what) {
    return shown == all ? all + " " + what : shown + " of " + all + " " + what;
  }

  private ReadingProgress progress(String topic) {
    return new ReadingProgress(err(), topic);
  }
}
