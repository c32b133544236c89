package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.registry.RegisteredView;
import io.millrace.jobs.registry.Registry;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
        .addSubcommand(new RegistryList(environment))
        .addSubcommand(new RegistryShow(environment, clock))
        .addSubcommand(new RegistrySearch(environment))
        .addSubcommand(new RegistryDiff(environment))
        .addSubcommand(new RegistryAccept(environment));
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
      for (Path path : files.isEmpty() ? PipelineFolder.files(spec) : files) {
        PipelineFile file = PipelineFile.read(path, environment);
        file.problems().forEach(this::print);
        broken |= !file.problems().isEmpty();
        read.add(file);
      }
      if (broken) {
        return ExitCodes.PROBLEMS;
      }
      try {
        return run(read);
      } catch (IOException | IllegalArgumentException failure) {
        complain(failure.getMessage());
        return ExitCodes.PROBLEMS;
      }
    }

    /** With files that have no problems, their features' meaning not looked at. */
    abstract int run(List<PipelineFile> files) throws IOException;

    static List<RegisteredView> views(List<PipelineFile> files) throws IOException {
      Registry registry = new Registry();
      for (PipelineFile file : files) {
        registry.add(file);
      }
      return registry.views();
    }

    void print(String text) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(text);
      out.flush();
    }

    void print(Problem problem) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(problem);
      err.flush();
    }

    void complain(String what) {
      PipelineCommand.complain(spec, what);
    }

    int printViews(List<RegisteredView> views, boolean json) throws IOException {
      print(json ? RegistryText.json(views) : RegistryText.list(views));
      return views.isEmpty() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
    }
  }
}
