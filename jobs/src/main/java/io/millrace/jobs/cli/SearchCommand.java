package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.embedding.EmbeddingPlan;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.vectors.FoundPoint;
import io.millrace.vectors.VectorQuery;
import io.millrace.vectors.VectorSearch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace search PIPELINE TEXT}. */
@Command(
    name = "search",
    description = {
      "Finds the rows of an embedding whose text is nearest to a text, by the model that embedded"
          + " them. Where the collection keeps tenants apart, --tenant has to be given.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Rows were found.",
      "1:There are none, or no such embedding.",
      "2:The pipeline file has problems; they were printed.",
      "64:The tenant is missing, or a filter does not fit the payload.",
      "69:Qdrant or the encoder does not answer, or the collection is not this embedding's."
    },
    footer = {
      "",
      "For example:",
      "  millrace search conf/pipelines/planes.yaml \"single engine, four seats\"",
      "  millrace search conf/pipelines/planes.yaml \"wide body jet\" --filter engines=4 --json"
    })
final class SearchCommand extends PipelineCommand {

  /** Held, because loggers that nobody holds forget their level. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  @Parameters(paramLabel = "TEXT", index = "1", description = "What to search for.")
  private String text;

  @Option(
      names = "--embedding",
      paramLabel = "NAME",
      description = "Which embedding (default: the file's first one).")
  private String embedding;

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Whose rows to search.")
  private String tenant;

  @Option(
      names = "--filter",
      paramLabel = "FIELD=VALUE",
      description = "Only rows whose field has this value. May be given several times.")
  private Map<String, String> filters = new LinkedHashMap<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Most rows to print, up to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print a JSON object per row and line.")
  private boolean json;

  SearchCommand(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    // It tells the console that it found epoll.
    GRPC.setLevel(Level.WARNING);
    Optional<EmbeddingSpec> wanted = wanted(pipeline);
    if (wanted.isEmpty()) {
      complain(
          "%s has %s; its embeddings: %s"
              .formatted(
                  file,
                  embedding == null ? "no embedding" : "no embedding " + embedding,
                  pipeline.embeddings().stream()
                      .map(EmbeddingSpec::name)
                      .collect(Collectors.joining(", "))));
      return ExitCodes.NOT_FOUND;
    }
    return search(pipeline, wanted.get());
  }

  private Optional<EmbeddingSpec> wanted(Pipeline pipeline) {
    return pipeline.embeddings().stream()
        .filter(it -> embedding == null || it.name().equals(embedding))
        .findFirst();
  }

  private int search(Pipeline pipeline, EmbeddingSpec wanted)
      throws IOException, InterruptedException {
    Source source = pipeline.source(wanted.source()).orElseThrow();
    VectorQuery query;
    try {
      query = new VectorQuery(text, Optional.ofNullable(tenant), filters, limit);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
    List<FoundPoint> found;
    try (VectorSearch search =
        VectorSearch.open(wanted, EmbeddingPlan.of(wanted, source, "").schema())) {
      found = search.search(query);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
    out().print(json ? FoundText.json(found) : FoundText.table(found));
    if (found.isEmpty()) {
      complain("no rows of " + wanted.name() + " fit");
      return ExitCodes.NOT_FOUND;
    }
    return ExitCodes.OK;
  }
}
