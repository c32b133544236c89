package io.millrace.jobs.backfill;

import io.millrace.features.CompiledView;
import io.millrace.features.HistoryMarker;
import io.millrace.features.SavepointLists;
import io.millrace.jobs.Uids;
import io.millrace.jobs.sources.TopicEnds;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.OperatorState;

/**
 * Whether the views with {@code bootstrap: offline} can begin, before a job is submitted. The
 * operators look again when they start, and are right: what is known here is only which savepoint
 * the job is to start from.
 */
public final class BootstrapCheck {
  private BootstrapCheck() {}

  /**
   * What keeps views from beginning, each with its cure.
   *
   * @param pipelineFile as the user names it
   * @param flink the configuration of the job
   * @throws IOException if the savepoint cannot be read, or Kafka does not answer
   */
  public static List<String> problems(Pipeline pipeline, String pipelineFile, ReadableConfig flink)
      throws IOException {
    List<FeatureViewSpec> wanted =
        pipeline.featureViews().stream()
            .filter(it -> it.bootstrap() == FeatureViewSpec.Bootstrap.OFFLINE)
            .toList();
    Optional<String> path = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
    // With high availability a job may be one that comes back from its own checkpoint.
    boolean mayComeBack = !flink.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase("NONE");
    if (wanted.isEmpty() || path.isEmpty() && mayComeBack) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    Optional<Savepoint> savepoint =
        path.isPresent() ? Optional.of(Savepoint.open(path.get())) : Optional.empty();
    for (FeatureViewSpec view : wanted) {
      Optional<OperatorState> state =
          savepoint.flatMap(it -> it.operator(Uids.viewFeatures(view.name())));
      List<String> known =
          state.isPresent()
              ? SavepointLists.read(state.get(), HistoryMarker.STATE, true)
              : List.of();
      List<String> missing =
          HistoryMarker.missing(
              CompiledView.of(pipeline, view).aggregations().orElseThrow(), known);
      if (!missing.isEmpty()) {
        problems.add(
            HistoryMarker.refusal(view.name(), missing, path.isPresent())
                .replace("PIPELINE", pipelineFile)
                .replace("SAVEPOINT", path.orElse("")));
      }
    }
    if (savepoint.isPresent() && !SavepointWriting.versions(savepoint.get()).isEmpty()) {
      problems.addAll(gaps(pipeline, wanted, savepoint.get()));
    }
    return problems;
  }

  /** What sources no longer have of what lies behind a history that has just been computed. */
  private static List<String> gaps(
      Pipeline pipeline, List<FeatureViewSpec> views, Savepoint savepoint) throws IOException {
    List<String> problems = new ArrayList<>();
    for (String name : views.stream().map(FeatureViewSpec::source).distinct().toList()) {
      Source source = pipeline.source(name).orElseThrow();
      KafkaOrigin origin = (KafkaOrigin) source.origin();
      TopicEnds topic = TopicEnds.of(origin);
      List<String> gaps =
          topic.gaps(SourceOffsets.of(savepoint, source, origin, topic.first()), topic.end());
      if (!gaps.isEmpty()) {
        problems.add(
            "topic %s no longer has the records that follow the history in %s (%s): make a new backfill"
                .formatted(origin.topic(), savepoint.folder(), String.join(", ", gaps)));
      }
    }
    return problems;
  }
}
