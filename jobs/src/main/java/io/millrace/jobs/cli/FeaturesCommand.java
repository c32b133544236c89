package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.features.CompiledView;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.ondemand.OnDemandFeatures;
import io.millrace.ondemand.OnDemandReader;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace features}: what is in the online store. */
@Command(
    name = "features",
    description = "Reads features from the online store.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FeaturesCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static picocli.CommandLine commandLine(Environment environment, Clock clock) {
    return new picocli.CommandLine(new FeaturesCommand())
        .addSubcommand(new Get(environment, clock));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** {@code millrace features get VIEW KEY...}. */
  @Command(
      name = "get",
      description = {
        "Prints the features of entities: names, values, event time and age.",
        "",
        "Of a group of on-demand features: evaluates its expressions over what --request brings and"
            + " over the features of the entities, which are those of all its views.",
        "",
        "A KEY is the value of the view's entity field. For an entity of several fields it is their"
            + " values in the view's order, a,b, or field=value pairs, origin=JFK,dest=LAX.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:All keys were found.",
        "1:The view, or a key, is not there; the keys that are were printed. Of a group all are"
            + " printed, with nulls for what is not there.",
        "2:The pipeline file has problems; they were printed.",
        "64:A key does not fit the view's entity, or a request the group.",
        "69:Redis does not answer."
      },
      footer = {
        "",
        "For example:",
        "  millrace features get carrier_delay UA DL",
        "  millrace features get route_delay JFK,LAX --json",
        "  millrace features get departure_risk carrier=UA,origin=JFK,dest=LAX \\",
        "      --request scheduled_minutes=380"
      })
  static final class Get implements Callable<Integer> {

    private final Environment environment;
    private final Clock clock;

    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "VIEW",
        index = "0",
        description = "A feature view, or a group of on-demand features.")
    private String viewName;

    @Parameters(paramLabel = "KEY", index = "1..*", arity = "0..*", description = "Entities.")
    private List<String> keys = List.of();

    @Option(
        names = "--request",
        paramLabel = "FIELD=VALUE",
        description = "What the request of a group brings; once for each field.")
    private Map<String, String> request = new LinkedHashMap<>();

    @Option(
        names = "--requests",
        paramLabel = "FILE",
        description =
            "Requests of a group, a JSON object a line with entities and fields; - for the standard"
                + " input.")
    private String requests;

    @Option(
        names = "--pipeline-file",
        paramLabel = "FILE",
        description = "The pipeline with the view; by default that of conf/pipelines which has it.")
    private Path pipelineFile;

    @Option(names = "--json", description = "Print a JSON object per entity and line.")
    private boolean json;

    Get(Environment environment, Clock clock) {
      this.environment = environment;
      this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
      List<PipelineFile> files = new ArrayList<>();
      for (Path path : pipelineFile == null ? PipelineFolder.files(spec) : List.of(pipelineFile)) {
        files.add(PipelineFile.read(path, environment));
      }
      Optional<PipelineFile> file = files.stream().filter(this::hasView).findFirst();
      if (file.isEmpty()) {
        return noSuchView(files);
      }
      if (!file.get().problems().isEmpty()) {
        file.get().problems().forEach(this::complain);
        return ExitCodes.PROBLEMS;
      }
      Pipeline pipeline = file.get().pipeline();
      Optional<OnDemandSpec> group = pipeline.onDemandGroup(viewName);
      if (group.isPresent()) {
        return onDemand(file.get(), group.get());
      }
      FeatureViewSpec view = pipeline.featureView(viewName).orElseThrow();
      if (keys.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "Missing required parameter: 'KEY'");
      }
      if (!request.isEmpty() || requests != null) {
        throw new ParameterException(
            spec.commandLine(),
            "--request and --requests are for groups of on-demand features, and %s is a view"
                .formatted(viewName));
      }
      FeatureSchema schema;
      try {
        schema = CompiledView.of(pipeline, view).schema();
      } catch (IllegalArgumentException problem) {
        complain(file.get().path() + ": " + problem.getMessage());
        return ExitCodes.PROBLEMS;
      }
      List<List<Object>> entities = new ArrayList<>();
      for (String key : keys) {
        try {
          entities.add(FeatureReader.entity(schema, key));
        } catch (IllegalArgumentException wrong) {
          throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
      }
      return print(pipeline, view, schema, entities);
    }

    private int print(
        Pipeline pipeline,
        FeatureViewSpec view,
        FeatureSchema schema,
        List<List<Object>> entities) {
      List<Optional<StoredFeatures>> found;
      try (FeatureReader reader =
          new FeatureReader(pipeline.onlineStore(), pipeline.name(), schema, view.online())) {
        found = reader.read(entities);
      } catch (IOException unavailable) {
        complain(
            unavailable.getMessage() + " (online_store.redis of pipeline " + pipeline.name() + ")");
        return ExitCodes.UNAVAILABLE;
      }
      List<StoredFeatures> stored = found.stream().flatMap(Optional::stream).toList();
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          json
              ? FeaturesText.json(stored, clock.instant())
              : FeaturesText.table(stored, clock.instant()));
      out.flush();
      for (int i = 0; i < found.size(); i++) {
        if (found.get(i).isEmpty()) {
          complain(
              "view %s has no features of %s: never written, expired, or deleted"
                  .formatted(viewName, keys.get(i)));
        }
      }
      return stored.size() == found.size() ? ExitCodes.OK : ExitCodes.NOT_FOUND;
    }

    private int onDemand(PipelineFile file, OnDemandSpec spec) throws IOException {
      Pipeline pipeline = file.pipeline();
      CompiledGroup group;
      try {
        group = CompiledGroup.of(pipeline, spec);
      } catch (IllegalArgumentException problem) {
        complain(file.path() + ": " + problem.getMessage());
        return ExitCodes.PROBLEMS;
      }
      List<OnDemandFeatures> answers;
      try (OnDemandReader reader = new OnDemandReader(pipeline, group)) {
        answers = reader.read(requests(group));
      } catch (IOException unavailable) {
        complain(
            unavailable.getMessage() + " (online_store.redis of pipeline " + pipeline.name() + ")");
        return ExitCodes.UNAVAILABLE;
      }
      PrintWriter out = this.spec.commandLine().getOut();
      out.print(
          json
              ? FeaturesText.onDemandJson(answers, clock.instant())
              : FeaturesText.onDemand(answers, clock.instant()));
      out.flush();
      boolean whole = true;
      for (OnDemandFeatures answer : answers) {
        for (String view : answer.unknown()) {
          whole = false;
          complain(
              "view %s knows nothing of %s: never written, expired, or deleted"
                  .formatted(view, answer.request()));
        }
        answer
            .failures()
            .forEach(
                (feature, why) ->
                    complain(
                        "feature %s failed on %s: %s".formatted(feature, answer.request(), why)));
      }
      return whole ? ExitCodes.OK : ExitCodes.NOT_FOUND;
    }

    private List<Map<String, Object>> requests(CompiledGroup group) {
      try {
        GroupRequests all = new GroupRequests(group, request);
        if (requests != null && keys.isEmpty()) {
          return all.ofLines(requests);
        }
        if (requests != null || keys.isEmpty() && !group.entityFields().isEmpty()) {
          throw new IllegalArgumentException(
              requests != null
                  ? "entities are in the lines of --requests; leave the keys out"
                  : "no KEY: name entities, %s=..., or give --requests"
                      .formatted(String.join("=...,", group.entityFields().keySet())));
        }
        return all.ofKeys(keys);
      } catch (IllegalArgumentException wrong) {
        throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
      } catch (IOException unreadable) {
        throw new ParameterException(
            spec.commandLine(), requests + " cannot be read: " + unreadable, unreadable);
      }
    }

    private boolean hasView(PipelineFile file) {
      return file.draft()
              .map(
                  pipeline ->
                      pipeline.featureView(viewName).isPresent()
                          || pipeline.onDemandGroup(viewName).isPresent())
              .orElse(false)
          || pipelineFile != null && !file.problems().isEmpty();
    }

    private int noSuchView(List<PipelineFile> files) {
      TreeSet<String> views = new TreeSet<>();
      for (PipelineFile file : files) {
        file.draft()
            .ifPresent(
                pipeline -> {
                  pipeline.featureViews().forEach(view -> views.add(view.name()));
                  pipeline.onDemandGroups().forEach(group -> views.add(group.name()));
                });
      }
      complain(
          "there is no view %s in %s; there %s"
              .formatted(
                  viewName,
                  String.join(", ", files.stream().map(file -> file.path().toString()).toList()),
                  views.isEmpty() ? "are no views" : "are " + String.join(", ", views)));
      return ExitCodes.NOT_FOUND;
    }

    private void complain(Object what) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(what instanceof Problem ? what : "features get: " + what);
      err.flush();
    }
  }
}
