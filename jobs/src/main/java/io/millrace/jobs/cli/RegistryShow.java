package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.jobs.registry.Freshness;
import io.millrace.jobs.registry.RegisteredView;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace registry show VIEW}. */
@Command(
    name = "show",
    description = {
      "Shows a view: its features with types and definitions, the fields they are made of, where"
          + " they are served, and how fresh they are.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:The view was shown.", "1:There is no such view."})
final class RegistryShow extends RegistryCommand.Reading {

  private final Clock clock;

  @Parameters(
      paramLabel = "VIEW",
      description = "A feature view, or a group of on-demand features.")
  private String name;

  @Option(
      names = "--live",
      description = "Ask the view's topic how fresh it is; Kafka has to be there.")
  private boolean live;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  RegistryShow(Environment environment, Clock clock) {
    super(environment);
    this.clock = clock;
  }

  @Override
  int run(List<PipelineFile> files) throws IOException {
    List<RegisteredView> all = views(files);
    Optional<RegisteredView> view = all.stream().filter(it -> it.view().equals(name)).findFirst();
    if (view.isEmpty()) {
      List<String> names = all.stream().map(RegisteredView::view).toList();
      complain(
          "there is no view %s; %s"
              .formatted(
                  name,
                  NearestName.suggestion(name, names, "there are " + String.join(", ", names))));
      return ExitCodes.NOT_FOUND;
    }
    if (json) {
      print(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(view.get()));
      print(System.lineSeparator());
      return ExitCodes.OK;
    }
    print(RegistryText.show(view.get()));
    return live ? freshness(files, view.get()) : ExitCodes.OK;
  }

  private int freshness(List<PipelineFile> files, RegisteredView view) {
    Pipeline pipeline =
        files.stream()
            .map(file -> file.draft().orElseThrow())
            .filter(it -> it.name().equals(view.pipeline()))
            .findFirst()
            .orElseThrow();
    if (view.topic().isEmpty()) {
      print(
          pipeline.onDemandGroup(view.view()).isPresent()
              ? "  fresh       as its views are: it is evaluated when somebody asks\n"
              : "  fresh       not known: the view has no topic\n");
      return ExitCodes.OK;
    }
    try {
      Optional<Freshness> freshness =
          Freshness.of(pipeline.topics(), pipeline.featureView(view.view()).orElseThrow());
      print(RegistryText.freshness(freshness, clock.instant()));
      return ExitCodes.OK;
    } catch (IOException unavailable) {
      complain(unavailable.getMessage());
      return ExitCodes.UNAVAILABLE;
    }
  }
}
