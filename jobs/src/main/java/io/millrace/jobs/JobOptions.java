package io.millrace.jobs;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * Arguments of {@link PipelineJob}: {@code --pipeline FILE [--only features,drift] [-- -Dkey=value
 * …]}.
 */
@Command(
    name = "flink run millrace-job.jar",
    description = "Runs one pipeline as a Flink job.",
    sortOptions = false,
    separator = " ")
final class JobOptions {
  @Option(
      names = "--pipeline",
      required = true,
      paramLabel = "FILE",
      description = "The pipeline file.")
  private Path pipeline;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "CAPABILITY",
      converter = CapabilityConverter.class,
      description =
          "Run only these capabilities: features, embeddings, drift, offline. Default: all that the file has.")
  private Set<Capability> only = EnumSet.allOf(Capability.class);

  @Parameters(
      paramLabel = "-Dkey=value",
      description = "After --: Flink options that override the cluster's.")
  private List<String> flinkOptions = List.of();

  private JobOptions() {}

  /**
   * Reads the command line.
   *
   * @throws CommandLine.ParameterException with a readable message
   */
  static JobOptions parse(String... args) {
    JobOptions options = new JobOptions();
    CommandLine commandLine = new CommandLine(options);
    commandLine.parseArgs(args);
    for (String option : options.flinkOptions) {
      if (!option.startsWith("-D") || option.indexOf('=') < 3) {
        throw new CommandLine.ParameterException(
            commandLine,
            "'"
                + option
                + "' is not a Flink option; write -Dkey=value, for example"
                + " -Dparallelism.default=2");
      }
    }
    return options;
  }

  Path pipeline() {
    return pipeline;
  }

  Set<Capability> only() {
    return Set.copyOf(only);
  }

  Configuration flinkConfiguration() {
    Configuration configuration = new Configuration();
    for (String option : flinkOptions) {
      int equals = option.indexOf('=');
      configuration.setString(option.substring(2, equals), option.substring(equals + 1));
    }
    return configuration;
  }

  static final class CapabilityConverter implements ITypeConverter<Capability> {
    @Override
    public Capability convert(String word) {
      for (Capability capability : Capability.values()) {
        if (capability.keyword().equals(word.toLowerCase(Locale.ROOT))) {
          return capability;
        }
      }
      throw new TypeConversionException(
          "'"
              + word
              + "' is not a capability; known: "
              + String.join(
                  ", ", List.of(Capability.values()).stream().map(Capability::keyword).toList()));
    }
  }
}
