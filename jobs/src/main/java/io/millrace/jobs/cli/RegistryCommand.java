package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.jobs.registry.FeatureChange;
import io.millrace.jobs.registry.FeatureLock;
import io.millrace.jobs.registry.FeatureLocks;
import io.millrace.jobs.registry.Freshness;
import io.millrace.jobs.registry.RegisteredView;
import io.millrace.jobs.registry.Registry;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace registry}: which features there are, and what they mean. */
@Command(
    name = "registry",
    description = "Lists features, where they come from, and whether their meaning has changed.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class RegistryCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static picocli.CommandLine commandLine(Environment environment, Clock clock) {
    return new picocli.CommandLine(new RegistryCommand())
        .addSubcommand(new ListViews(environment))
        .addSubcommand(new Show(environment, clock))
        .addSubcommand(new Search(environment))
        .addSubcommand(new Diff(environment))
        .addSubcommand(new Accept(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** What the subcommands have in common: they read pipeline files. */
  abstract static class Reading implements Callable<Integer> {

    private final Environment environment;

    @Spec CommandSpec spec;

    @Option(
        names = "--pipeline-file",
        paramLabel = "FILE",
        description = "A pipeline file; may be repeated. By default those of conf/pipelines.")
    private List<Path> files = new ArrayList<>();

    Reading(Environment environment) {
      this.environment = environment;
    }

    @Override
    public final Integer call() throws IOException {
      List<PipelineFile> read = new ArrayList<>();
      boolean broken = false;
      for (Path path : paths()) {
        PipelineFile file = PipelineFile.read(path, environment);
        file.problems().forEach(this::complain);
        broken |= !file.problems().isEmpty();
        read.add(file);
      }
      if (broken) {
        return ExitCodes.PROBLEMS;
      }
      try {
        return run(read);
      } catch (IOException | IllegalArgumentException failure) {
        complain(spec.qualifiedName() + ": " + failure.getMessage());
        return ExitCodes.PROBLEMS;
      }
    }

    /** With files that have no problems, their features' meaning not looked at. */
    abstract int run(List<PipelineFile> files) throws IOException;

    private List<Path> paths() throws IOException {
      if (!files.isEmpty()) {
        return files;
      }
      Path folder = Path.of(System.getProperty("millrace.home", ""), "conf", "pipelines");
      if (!Files.isDirectory(folder)) {
        throw new ParameterException(
            spec.commandLine(), "There is no folder " + folder + ": name a --pipeline-file");
      }
      try (Stream<Path> found = Files.list(folder)) {
        return found.filter(path -> path.toString().endsWith(".yaml")).sorted().toList();
      }
    }

    static List<RegisteredView> views(List<PipelineFile> files) throws IOException {
      Registry registry = new Registry();
      for (PipelineFile file : files) {
        registry.add(file);
      }
      return registry.views();
    }

    void print(Object text) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(text);
      out.flush();
    }

    void complain(Object what) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(what instanceof Problem ? what : what.toString());
      err.flush();
    }

    int printViews(List<RegisteredView> views, boolean json) throws IOException {
      print(json ? RegistryText.json(views) : RegistryText.list(views));
      return views.isEmpty() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
    }
  }

  /** {@code millrace registry list}. */
  @Command(
      name = "list",
      description = "Lists all views: what they are of, how many features, who answers for them.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class ListViews extends Reading {

    @Option(names = "--json", description = "Print everything as JSON.")
    private boolean json;

    ListViews(Environment environment) {
      super(environment);
    }

    @Override
    int run(List<PipelineFile> files) throws IOException {
      return printViews(views(files), json);
    }
  }

  /** {@code millrace registry search TEXT}. */
  @Command(
      name = "search",
      description = {
        "Lists the views and features in whose names, descriptions, owners, definitions or source"
            + " fields a text occurs.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:Something was found.", "1:Nothing was found."})
  static final class Search extends Reading {

    @Parameters(paramLabel = "TEXT", description = "What to look for, in any case.")
    private String text;

    @Option(names = "--json", description = "Print everything about them as JSON.")
    private boolean json;

    Search(Environment environment) {
      super(environment);
    }

    @Override
    int run(List<PipelineFile> files) throws IOException {
      List<RegisteredView> found =
          views(files).stream().filter(view -> view.mentions(text)).toList();
      if (json) {
        return printViews(found, true);
      }
      print(RegistryText.found(found, text));
      return found.isEmpty() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
    }
  }

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
  static final class Show extends Reading {

    private final Clock clock;

    @Parameters(paramLabel = "VIEW", description = "A feature view.")
    private String name;

    @Option(
        names = "--live",
        description = "Ask the view's topic how fresh it is; Kafka has to be there.")
    private boolean live;

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    Show(Environment environment, Clock clock) {
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
            "registry show: there is no view %s; %s"
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
        print("  fresh       not known: the view has no topic\n");
        return ExitCodes.OK;
      }
      try {
        Optional<Freshness> freshness =
            Freshness.of(pipeline.topics(), pipeline.featureView(view.view()).orElseThrow());
        print(RegistryText.freshness(freshness, clock.instant()));
        return ExitCodes.OK;
      } catch (IOException unavailable) {
        complain("registry show: " + unavailable.getMessage());
        return ExitCodes.UNAVAILABLE;
      }
    }
  }

  /** {@code millrace registry diff}. */
  @Command(
      name = "diff",
      description = {
        "Lists the features that are new, gone, or mean something else than was accepted.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:Nothing differs.", "1:Something does."})
  static final class Diff extends Reading {

    Diff(Environment environment) {
      super(environment);
    }

    @Override
    int run(List<PipelineFile> files) throws IOException {
      boolean differs = false;
      for (PipelineFile file : files) {
        if (!Files.exists(FeatureLock.beside(file.path()))) {
          print("%s: nothing was accepted yet%n".formatted(file.path()));
          continue;
        }
        List<FeatureChange> changes = FeatureLocks.changes(file, file.draft().orElseThrow());
        differs |= !changes.isEmpty();
        print(RegistryText.changes(file.path(), changes));
      }
      return differs ? ExitCodes.NOT_FOUND : ExitCodes.OK;
    }
  }

  /** {@code millrace registry accept}. */
  @Command(
      name = "accept",
      description = {
        "Writes down what the features mean now, beside each pipeline file, to be kept under version"
            + " control. From then on a file in which a feature means something else is refused,"
            + " unless the view's version was raised.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:It was written.",
        "2:A feature means something else under the same version; nothing was written of its file."
      })
  static final class Accept extends Reading {

    Accept(Environment environment) {
      super(environment);
    }

    @Override
    int run(List<PipelineFile> files) throws IOException {
      boolean refused = false;
      for (PipelineFile file : files) {
        List<Problem> problems = FeatureLocks.problems(file);
        problems.forEach(this::complain);
        refused |= !problems.isEmpty();
        if (problems.isEmpty()) {
          Path lock = FeatureLock.beside(file.path());
          FeatureLock now = FeatureLock.of(file.draft().orElseThrow());
          now.write(lock);
          print(
              "%s: %d features of %d views%n"
                  .formatted(
                      lock,
                      now.views().values().stream().mapToInt(it -> it.features().size()).sum(),
                      now.views().size()));
        }
      }
      return refused ? ExitCodes.PROBLEMS : ExitCodes.OK;
    }
  }
}
