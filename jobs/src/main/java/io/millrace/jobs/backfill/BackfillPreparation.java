package io.millrace.jobs.backfill;

import io.millrace.document.NearestName;
import io.millrace.features.CompiledView;
import io.millrace.features.FeaturePlan;
import io.millrace.jobs.contracts.FollowedContracts;
import io.millrace.jobs.sources.TopicEnds;
import io.millrace.jobs.training.Histories;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.training.FeatureVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Looks at a request, the savepoints it names and the topics, and finds out what is to be read. */
final class BackfillPreparation {
  private final Pipeline pipeline;
  private final BackfillRequest request;
  private final FollowedContracts contracts;
  private final List<String> problems = new ArrayList<>();

  BackfillPreparation(Pipeline pipeline, BackfillRequest request) {
    this.pipeline = pipeline;
    this.request = request;
    this.contracts = FollowedContracts.of(pipeline);
  }

  /**
   * A backfill that can run.
   *
   * @throws BackfillProblemsException with everything that is wrong
   * @throws IOException if Kafka, the offline store or a savepoint does not answer
   */
  Backfill prepare() throws IOException {
    List<CompiledView> views = views();
    List<String> names = views.stream().map(it -> it.view().name()).toList();
    Path standard = Backfill.defaultOut(pipeline.name(), names);
    Optional<Savepoint> into = request.into().flatMap(this::open);
    Optional<Savepoint> baseline =
        request.into().isEmpty() ? Optional.empty() : baseline(standard, views);
    Path out = request.out().orElseGet(() -> into.map(it -> beside(it, names)).orElse(standard));
    if (Files.exists(out)) {
      problems.add("--out " + out + " exists: name another folder, or remove it");
    }
    Map<String, SourceHistory> histories = new LinkedHashMap<>();
    if (problems.isEmpty()) {
      for (CompiledView view : views) {
        Source source = pipeline.source(view.view().source()).orElseThrow();
        if (!histories.containsKey(source.name())) {
          histories.put(source.name(), history(source, into, baseline));
        }
      }
      histories.values().forEach(history -> limit(history, views));
    }
    if (!problems.isEmpty()) {
      throw new BackfillProblemsException(problems);
    }
    return new Backfill(
        pipeline,
        views,
        histories,
        into,
        baseline,
        out.toAbsolutePath().toUri().toString(),
        into.map(Savepoint::maxParallelism).orElse(request.maxParallelism()));
  }

  private List<CompiledView> views() {
    List<String> names = pipeline.featureViews().stream().map(FeatureViewSpec::name).toList();
    List<String> asked =
        !request.views().isEmpty()
            ? request.views()
            : pipeline.featureViews().stream()
                .filter(it -> it.bootstrap() == FeatureViewSpec.Bootstrap.OFFLINE)
                .map(FeatureViewSpec::name)
                .toList();
    if (asked.isEmpty()) {
      problems.add("no view of pipeline " + pipeline.name() + " has bootstrap: offline: name one");
    }
    List<CompiledView> views = new ArrayList<>();
    for (String name : asked.stream().distinct().toList()) {
      Optional<FeatureViewSpec> view = pipeline.featureView(name);
      if (view.isEmpty()) {
        problems.add(
            "there is no view %s in pipeline %s; %s"
                .formatted(
                    name,
                    pipeline.name(),
                    NearestName.suggestion(name, names, "there are " + String.join(", ", names))));
      } else if (view.get().isLatest()) {
        problems.add(
            ("view %s shows newest rows and needs no past to compute with: fill its store with"
                    + " scripts/millrace materialize")
                .formatted(name));
      } else if (!(origin(view.get()) instanceof KafkaOrigin)) {
        problems.add(
            ("view %s is over source %s, a table, which is read from its snapshot on: start the job"
                    + " without a savepoint, or give the view a source of its own with a slot of"
                    + " its own, and it begins with the whole table")
                .formatted(name, view.get().source()));
      } else {
        views.add(CompiledView.of(pipeline, view.get()));
      }
    }
    return views;
  }

  private Source.Origin origin(FeatureViewSpec view) {
    return pipeline.source(view.source()).orElseThrow().origin();
  }

  private Optional<Savepoint> open(String path) {
    try {
      Savepoint savepoint = Savepoint.open(path);
      if (!savepoint.isCanonical()) {
        problems.add(
            path
                + " is a checkpoint, or a savepoint in the form of one state backend: take one that"
                + " every backend reads, with scripts/savepoint --stop");
      }
      return Optional.of(savepoint);
    } catch (IOException unreadable) {
      problems.add(unreadable.getMessage());
      return Optional.empty();
    }
  }

  private static Path beside(Savepoint savepoint, List<String> views) {
    Path folder = Path.of(savepoint.folder().getPath());
    return folder.resolveSibling(folder.getFileName() + "-with-" + String.join("+", views));
  }

  /** What an earlier backfill of the same views made, if there is any. */
  private Optional<Savepoint> baseline(Path standard, List<CompiledView> views) {
    Optional<Savepoint> baseline =
        request
            .baseline()
            .or(() -> Optional.of(standard).filter(Files::isDirectory))
            .flatMap(path -> open(path.toAbsolutePath().toUri().toString()));
    if (baseline.isPresent()) {
      try {
        Map<String, String> versions = SavepointWriting.versions(baseline.get());
        views.forEach(view -> checkVersion(view.view(), baseline.get(), versions));
      } catch (IOException unreadable) {
        problems.add("the baseline cannot be read: " + unreadable.getMessage());
      }
    }
    return baseline;
  }

  private void checkVersion(
      FeatureViewSpec view, Savepoint baseline, Map<String, String> versions) {
    if (!FeatureVersions.of(pipeline, view).equals(versions.get(view.name()))) {
      problems.add(
          "the baseline %s %s %s: remove it, or name another one with --baseline"
              .formatted(
                  baseline.folder(),
                  versions.containsKey(view.name())
                      ? "was made of another definition of view"
                      : "does not hold view",
                  view.name()));
    }
  }

  private SourceHistory history(
      Source source, Optional<Savepoint> into, Optional<Savepoint> baseline) throws IOException {
    KafkaOrigin origin = (KafkaOrigin) source.origin();
    TopicEnds topic = TopicEnds.of(origin);
    SortedMap<Integer, Long> until = topic.end();
    if (into.isPresent()) {
      try {
        until = SourceOffsets.of(into.get(), source, origin, topic.first());
      } catch (IOException unfit) {
        problems.add(unfit.getMessage());
      }
    }
    SourceHistory history = new SourceHistory(pipeline, source, until, contracts.of(source));
    if (baseline.isPresent()) {
      history.after(SourceOffsets.of(baseline.get(), source, origin, Map.of()), topic, problems);
    } else if (request.files().containsKey(source.name())) {
      Histories found = Histories.find(pipeline, List.of(source), request.files(), problems);
      if (request.to().isEmpty()) {
        problems.add(
            ("files do not tell where in topic %s they end: say with --to TIME before which time"
                    + " they hold all rows of source %s; later ones are read from the topic")
                .formatted(origin.topic(), source.name()));
      }
      history.fromFiles(found, request.to().orElse(Instant.EPOCH));
    } else {
      history.fromStoreOrTopic(topic, problems);
    }
    return history;
  }

  /** Leaves out what is older than the views over a source need. */
  private void limit(SourceHistory history, List<CompiledView> views) {
    if (request.from().isPresent()) {
      history.from(request.from().get());
      return;
    }
    List<FeaturePlan> plans =
        views.stream()
            .filter(it -> it.view().source().equals(history.source().name()))
            .map(it -> it.aggregations().orElseThrow())
            .toList();
    if (plans.stream().noneMatch(FeaturePlan::hasLifetime)) {
      history.noOlderThan(
          plans.stream().mapToLong(BackfillPreparation::reachMillis).max().orElseThrow());
    }
  }

  /** A key is remembered for as long again as its rows count. */
  private static long reachMillis(FeaturePlan plan) {
    return 2 * plan.windowMillis(plan.windows() - 1) + plan.hopMillis();
  }
}
