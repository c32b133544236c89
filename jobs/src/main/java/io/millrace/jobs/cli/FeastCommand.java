package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.feast.FeastRepository;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace feast}: for those who read features with Feast's SDK. */
@Command(
    name = "feast",
    description = "Lets Feast's SDK read what pipelines write.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FeastCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static picocli.CommandLine commandLine(Environment environment) {
    return new picocli.CommandLine(new FeastCommand()).addSubcommand(new Export(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** {@code millrace feast export PIPELINE --out FOLDER}. */
  @Command(
      name = "export",
      description = {
        "Writes a Feast repository, feature_store.yaml and definitions.py, with the views of a"
            + " pipeline that are kept in Feast's layout.",
        "",
        "No password is written: where Redis asks for one, the files name the environment variables "
            + FeastRepository.USER
            + " and "
            + FeastRepository.PASSWORD
            + ".",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:The files were written.",
        "1:There is nothing that Feast could read.",
        "2:The pipeline file has problems; they were printed.",
        "69:The folder could not be written."
      },
      footer = {
        "",
        "For example:",
        "  millrace feast export conf/pipelines/flights.yaml --out feast",
        "  cd feast && feast apply --skip-source-validation"
      })
  static final class Export extends PipelineCommand {

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FOLDER",
        description = "Where the files go; it is made if need be.")
    private Path out;

    Export(Environment environment) {
      super(environment);
    }

    @Override
    int run(Pipeline pipeline) throws IOException {
      FeastRepository repository;
      try {
        repository = FeastRepository.of(pipeline);
      } catch (IllegalArgumentException nothing) {
        complain(nothing.getMessage());
        return ExitCodes.NOT_FOUND;
      }
      try {
        repository.write(out);
      } catch (IOException failure) {
        throw new IOException("%s cannot be written: %s".formatted(out, failure), failure);
      }
      out().printf("%s: %s%n", out, String.join(", ", repository.views()));
      if (!pipeline.onDemandGroups().isEmpty()) {
        out()
            .printf(
                "Left out: %s, which Feast would compute in Python and not as here%n",
                String.join(
                    ", ", pipeline.onDemandGroups().stream().map(OnDemandSpec::name).toList()));
      }
      out().printf("Next: cd %s && feast apply --skip-source-validation%n", out);
      return ExitCodes.OK;
    }
  }
}
